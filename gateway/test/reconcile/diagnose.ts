import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { diagnose } from "../../src/reconcile/diagnose.ts";
import { ended, whole } from "../support/diagnosed.ts";
import { application, podIn } from "../support/kube-objects.ts";

test("what gets on, or ended well, has no reason", () => {
  const running = podIn("driver", { running: { startedAt: null } });
  const pending = podIn("executor", { waiting: { reason: "ImagePullBackOff", message: "no" } });
  for (const scene of [
    { application: application("") },
    {
      application: application("SUBMITTED"),
      driver: podIn("driver", { waiting: { reason: "ContainerCreating" } }),
    },
    { application: application("RUNNING"), driver: running },
    // One executor is enough to get on.
    {
      application: application("RUNNING"),
      executors: [pending, podIn("executor", { running: {} }, { phase: "Running" })],
    },
    { application: application("COMPLETED"), driver: podIn("driver", ended(137, "", "OOMKilled")) },
    { application: application("SUSPENDED") },
  ]) {
    assert.equal(diagnose(whole(scene)).cause, undefined);
  }
});

test("whatever a program says, a failure has a reason of one line that fits, and the same one each time", () => {
  const said = fc.array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        "Traceback (most recent call last):",
        "Caused by: ",
        "java.lang.OutOfMemoryError",
        "Error:",
      ),
    ),
  );
  fc.assert(
    fc.property(said, fc.integer({ min: 1, max: 255 }), fc.string(), (lines, exitCode, complaint) => {
      const scene = whole({
        application: application("FAILED", complaint),
        driver: podIn("driver", ended(exitCode, lines.join("\n"))),
      });
      const { cause } = diagnose(scene);
      assert.ok(cause !== undefined);
      assert.match(cause.reason, /^[^\n]{1,600}$/);
      assert.deepEqual(diagnose(scene).cause, cause);
    }),
  );
});

test("a submission's endless output is read in no time", () => {
  const complaint = `failed to submit spark application: ${"Access Denie ".repeat(200_000)}`;
  const started = performance.now();
  assert.ok(diagnose(whole({ application: application("FAILED", complaint) })).cause !== undefined);
  assert.ok(performance.now() - started < 2000);
});
