import assert from "node:assert/strict";
import { test } from "node:test";

import type { ApplicationState } from "../../src/jobs/application.ts";
import type { Scene } from "../../src/reconcile/causes/cause.ts";
import { diagnose } from "../../src/reconcile/diagnose.ts";
import { application, podIn } from "./kube-objects.ts";

/** What is there, and what is to be found. */
export interface Row {
  readonly scene: Partial<Scene>;
  readonly state: ApplicationState;
  readonly reason: RegExp;
  readonly hint: RegExp;
}

const driverFailed = "driver container failed with ExitCode: 1, Reason: Error";
export const ended = (exitCode: number, message = "", reason = "Error"): object => ({
  terminated: { exitCode, reason, message },
});
/** A driver's program that failed with this as its last words. */
export const failed = (message: string): Partial<Scene> => ({
  application: application("FAILED", driverFailed),
  driver: podIn("driver", ended(1, message)),
});

/** A scene of which only some is given. */
export const whole = (scene: Partial<Scene>): Scene => ({
  application: application(""),
  driver: undefined,
  executors: [],
  events: [],
  ...scene,
});

/** A test for each row, by what is the matter. */
export function testRows(rows: Readonly<Record<string, Row>>): void {
  for (const [what, { scene, state, reason, hint }] of Object.entries(rows)) {
    test(`${what}: a reason with one hint`, () => {
      const found = diagnose(whole(scene));
      assert.equal(found.state, state);
      assert.match(found.cause?.reason ?? "", reason);
      assert.match(found.cause?.hint ?? "", hint);
    });
  }
}
