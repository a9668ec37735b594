import {
  observedApplicationSchema,
  observedEventSchema,
  observedPodSchema,
  type ObservedApplication,
  type ObservedEvent,
  type ObservedPod,
} from "../../src/kubernetes/objects.ts";

/** The parts of Kubernetes' objects that a test does not care about. */
const metadata = (name: string): object => ({
  name,
  namespace: "analytics",
  uid: `uid-of-${name}`,
  resourceVersion: "1",
  creationTimestamp: "2026-11-24T12:00:00Z",
});

export function application(state: string, errorMessage?: string): ObservedApplication {
  return observedApplicationSchema.parse({
    metadata: metadata("word-count-1f"),
    spec: { image: "registry.test/spark:4.0.4" },
    status: { applicationState: { state, errorMessage } },
  });
}

export function pod(name: string, status: object): ObservedPod {
  return observedPodSchema.parse({ metadata: metadata(name), status });
}

/** The specification of a pod as Spark makes it for a run, of the driver or of an executor by its number. */
export function sparkSpec(sparkId: string, role: "driver" | number): object {
  const env = [
    { name: "SPARK_APPLICATION_ID", value: sparkId },
    ...(role === "driver" ? [] : [{ name: "SPARK_EXECUTOR_ID", value: String(role) }]),
    { name: "SPARK_APPLICATION_ID", value: "the job's own" },
  ];
  return { containers: [{ name: "spark", env }] };
}

/** A pod whose one container is in this state. */
export function podIn(
  role: "driver" | "executor",
  state: object,
  { name, ...more }: { readonly name?: string; readonly [field: string]: unknown } = {},
): ObservedPod {
  const container = { name: `spark-kubernetes-${role}`, state };
  return pod(name ?? `word-count-1f-${role}`, { containerStatuses: [container], ...more });
}

export function event(of: string, reason: string, message: string, more: object = {}): ObservedEvent {
  return observedEventSchema.parse({
    metadata: metadata(`${of}.${reason}`),
    involvedObject: { kind: "Pod", name: of },
    type: "Warning",
    reason,
    message,
    ...more,
  });
}
