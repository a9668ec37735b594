import { z } from "zod";

/**
 * What the gateway reads of Kubernetes' objects. Whatever else they have is left out, and what an older or newer API
 * server leaves out is not missed: only the fields that are needed are demanded.
 */
const texts = z.record(z.string(), z.string()).default({});

const metadataSchema = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  resourceVersion: z.string(),
  creationTimestamp: z.string(),
  deletionTimestamp: z.string().optional(),
  labels: texts,
  annotations: texts,
});

/** A SparkApplication as it is in the cluster. https://github.com/kubeflow/spark-operator, v1beta2 */
export const observedApplicationSchema = z.object({
  metadata: metadataSchema,
  // Thousands that have ended are kept in mind, and most of each is its specification.
  spec: z.object({ image: z.string().optional(), sparkVersion: z.string().optional() }).default({}),
  status: z
    .object({
      sparkApplicationId: z.string().optional(),
      submissionID: z.string().optional(),
      lastSubmissionAttemptTime: z.string().nullish(),
      terminationTime: z.string().nullish(),
      driverInfo: z.object({ podName: z.string().optional() }).default({}),
      applicationState: z.object({ state: z.string(), errorMessage: z.string().optional() }).optional(),
      executorState: texts,
      executionAttempts: z.int().default(0),
      submissionAttempts: z.int().default(0),
    })
    .optional(),
});

export type ObservedApplication = z.output<typeof observedApplicationSchema>;

const stoppedSchema = z.object({
  exitCode: z.int(),
  signal: z.int().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
});

const containerStateSchema = z.object({
  waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
  running: z.object({ startedAt: z.string().nullish() }).optional(),
  terminated: stoppedSchema.optional(),
});

/**
 * The Spark application and the executor that a pod was made for, as Spark writes them into the environment of its
 * container, first of their names (BasicDriverFeatureStep and BasicExecutorFeatureStep). Unlike labels and owners, a
 * pod's specification cannot be changed afterwards.
 */
const podSpecSchema = z
  .object({
    containers: z
      .array(
        z.object({
          env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
        }),
      )
      .default([]),
  })
  .default({ containers: [] })
  .transform(({ containers }) => {
    const variable = (name: string): string | undefined =>
      containers.flatMap(({ env }) => env).find((each) => each.name === name)?.value;
    return { sparkId: variable("SPARK_APPLICATION_ID"), executorId: variable("SPARK_EXECUTOR_ID") };
  });

export const observedPodSchema = z.object({
  metadata: metadataSchema,
  spec: podSpecSchema,
  status: z
    .object({
      phase: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      podIP: z.string().optional(),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().optional(),
            message: z.string().optional(),
            lastTransitionTime: z.string().nullish(),
          }),
        )
        .default([]),
      containerStatuses: z
        .array(
          z.object({
            name: z.string(),
            restartCount: z.int().default(0),
            state: containerStateSchema.default({}),
            lastState: containerStateSchema.default({}),
          }),
        )
        .default([]),
    })
    .default({ conditions: [], containerStatuses: [] }),
});

export type ObservedPod = z.output<typeof observedPodSchema>;

/** A core/v1 Event. Its times and its count come in one of several fields, by who wrote it. */
export const observedEventSchema = z.object({
  metadata: metadataSchema,
  involvedObject: z.object({
    kind: z.string().optional(),
    name: z.string().optional(),
    uid: z.string().optional(),
  }),
  type: z.string().default("Normal"),
  reason: z.string().default(""),
  message: z.string().default(""),
  count: z.int().nullish(),
  series: z.object({ count: z.int(), lastObservedTime: z.string() }).nullish(),
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  source: z.object({ component: z.string().optional() }).default({}),
  reportingComponent: z.string().optional(),
});

export type ObservedEvent = z.output<typeof observedEventSchema>;

/** A page of a list. `continue`: what to ask for the next one with; none where this is the last. */
export interface ObservedPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue: string | undefined;
}
