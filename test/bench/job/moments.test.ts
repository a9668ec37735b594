import assert from "node:assert/strict";
import { test } from "node:test";

import type { Fields } from "../../../local/kube/json.ts";
import { latest } from "./moments.ts";

const application = (state: string): Fields => ({
  status: { applicationState: { state, errorMessage: "why" } },
});
const pod = (role: string, phase: string): Fields => ({
  metadata: { labels: { "spark-role": role } },
  status: { phase },
});

test("the last moment of a job is told from its pods until it is COMPLETED", () => {
  const running = application("RUNNING");
  const runs = pod("driver", "Running");
  assert.equal(latest({}, []), undefined);
  assert.equal(latest(application("SUBMITTED"), [pod("driver", "Pending")]), "driver");
  assert.equal(latest(running, [runs]), "driverRuns");
  assert.equal(latest(running, [pod("executor", "Pending"), runs]), "executor");
  assert.equal(latest(running, [runs, pod("executor", "Running")]), "executorRuns");
  assert.equal(latest(running, [pod("driver", "Succeeded"), pod("executor", "Running")]), "driverEnded");
  assert.equal(latest(application("COMPLETED"), []), "completed");
});

test("a job that fails ends the bench with its reason, and is not waited for", () => {
  assert.throws(() => latest(application("FAILED"), []), /FAILED: why/);
  assert.throws(() => latest(application("SUBMISSION_FAILED"), []), /SUBMISSION_FAILED: why/);
});
