import { isFinal, type ApplicationState } from "../jobs/application.ts";
import type { Facts, Finding } from "../jobs/applications-store.ts";
import type { ObservedPod } from "../kubernetes/objects.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import { sparkContainer, type Scene } from "./causes/cause.ts";
import { imageAwaitedSince } from "./causes/waiting.ts";
import { diagnose } from "./diagnose.ts";

/** What a scene says of an application, as it is written down. */
export function findingOf(scene: Scene, row: ApplicationRow, now: number, imageWaitMs: number): Finding {
  const { state, cause } = diagnose(scene);
  const facts = factsOf(scene, row, state);
  const found = { state, at: facts.ended_at ?? now, ...cause, facts };
  const since = imageAwaitedSince(scene.driver);
  if (since === undefined || now - since < imageWaitMs || isFinal(state) || cause === undefined) return found;
  // Operator 2.5.2 waits for ever, and Kubernetes tries for ever.
  return { ...found, state: "FAILED", at: now, reason: `given up: ${cause.reason}` };
}

/** Whether a finding says what the row does not. */
export function isNews(row: ApplicationRow, { state, reason, hint, facts = {} }: Finding): boolean {
  return (
    row.state !== state ||
    row.reason !== (reason ?? null) ||
    row.hint !== (hint ?? null) ||
    Object.entries(facts).some(([name, value]) =>
      Object.entries(row).some(([of, is]) => of === name && is !== value),
    )
  );
}

function factsOf({ application, driver }: Scene, row: ApplicationRow, state: ApplicationState): Facts {
  const { metadata, status } = application;
  const driverPod = status?.driverInfo.podName;
  const startedAt = row.started_at === null ? startOf(driver) : undefined;
  return {
    uid: metadata.uid,
    attempts: status?.executionAttempts ?? 0,
    ...(driverPod !== undefined && driverPod !== "" && { driver_pod: driverPod }),
    ...(startedAt !== undefined && { started_at: startedAt }),
    ...(isFinal(state) && ended(status?.terminationTime)),
  };
}

function ended(terminationTime: string | null | undefined): Facts {
  const time = timeOf(terminationTime);
  return time === undefined ? {} : { ended_at: time };
}

function startOf(driver: ObservedPod | undefined): number | undefined {
  const state = sparkContainer(driver)?.state;
  return timeOf(state?.running?.startedAt ?? state?.terminated?.startedAt);
}

function timeOf(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}
