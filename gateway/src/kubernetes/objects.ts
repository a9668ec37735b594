import { z } from "zod";

import { annotations, gatewayLabel } from "../jobs/application.ts";

/**
 * What the gateway reads of Kubernetes' objects. Whatever else they have is left out, and what an older or newer API
 * server leaves out is not missed: only the fields that are needed are demanded. Thousands of objects are kept in mind,
 * and jobs write a part of them: so every field is named, labels and annotations too, and every text has a limit.
 */

/** Characters of a text that is kept: more than any reason that is made of it. */
const longestText = 4096;

/** A text of which the beginning and, for the most part, the end is kept: there the cause is said. */
const textSchema = z.string().transform(shortened);

function shortened(text: string): string {
  if (text.length <= longestText) return text;
  const begin = text.slice(0, longestText / 4);
  const end = text.slice(begin.length + 3 - longestText);
  // A copy: V8 keeps the whole of a text for as long as anybody has a slice of it.
  return Buffer.from(`${begin}\n…\n${end}`).toString();
}

/** Of labels or annotations, those that somebody asks for. */
function named(keys: readonly string[]): z.ZodType<Readonly<Record<string, string>>> {
  return z
    .record(z.string(), z.unknown())
    .default({})
    .transform((all) =>
      Object.fromEntries(
        keys.flatMap((key) => {
          const value = Object.hasOwn(all, key) ? all[key] : undefined;
          return typeof value === "string" ? [[key, shortened(value)]] : [];
        }),
      ),
    );
}

const metadata = {
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  creationTimestamp: z.string(),
};

/** A SparkApplication as it is in the cluster. https://github.com/kubeflow/spark-operator, v1beta2 */
export const observedApplicationSchema = z.object({
  metadata: z.object({
    ...metadata,
    labels: named([gatewayLabel.key]),
    annotations: named(Object.values(annotations)),
  }),
  spec: z.object({ image: textSchema.optional(), sparkVersion: textSchema.optional() }).default({}),
  status: z
    .object({
      sparkApplicationId: textSchema.optional(),
      submissionID: textSchema.optional(),
      terminationTime: z.string().nullish(),
      driverInfo: z.object({ podName: textSchema.optional() }).default({}),
      applicationState: z.object({ state: textSchema, errorMessage: textSchema.optional() }).optional(),
      executionAttempts: z.int().default(0),
    })
    .optional(),
});

export type ObservedApplication = z.output<typeof observedApplicationSchema>;

/** Label of a pod: the operator's id of the submission that made it. */
export const submissionLabel = "sparkoperator.k8s.io/submission-id";

const stoppedSchema = z.object({
  exitCode: z.int(),
  reason: textSchema.optional(),
  message: textSchema.optional(),
  startedAt: z.string().nullish(),
});

const containerStateSchema = z.object({
  waiting: z.object({ reason: textSchema.optional(), message: textSchema.optional() }).optional(),
  running: z.object({ startedAt: z.string().nullish() }).optional(),
  terminated: stoppedSchema.optional(),
});

const containerStatusSchema = z.object({
  name: z.string(),
  state: containerStateSchema.default({}),
  lastState: containerStateSchema.default({}),
});

/** Spark's container, or the only one; sidecars say nothing about a job. */
const containerStatusesSchema = z
  .array(containerStatusSchema)
  .default([])
  .transform((all) =>
    all.length <= 1 ? all : all.filter(({ name }) => /^spark-kubernetes-(driver|executor)$/.test(name)),
  );

const conditionsSchema = z
  .array(
    z.object({
      type: z.string(),
      status: textSchema,
      reason: textSchema.optional(),
      message: textSchema.optional(),
      lastTransitionTime: z.string().nullish(),
    }),
  )
  .default([])
  .transform((all) => all.filter(({ type }) => type === "PodScheduled" || type === "DisruptionTarget"));

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
          env: z.array(z.object({ name: z.string(), value: textSchema.optional() })).default([]),
        }),
      )
      .default([]),
  })
  .default({ containers: [] })
  .transform(({ containers }) => {
    const variables = containers.flatMap(({ env }) => env);
    const variable = (name: string): string | undefined =>
      variables.find((each) => each.name === name)?.value;
    return { sparkId: variable("SPARK_APPLICATION_ID"), executorId: variable("SPARK_EXECUTOR_ID") };
  });

export const observedPodSchema = z.object({
  metadata: z.object({ ...metadata, labels: named([submissionLabel]) }),
  spec: podSpecSchema,
  status: z
    .object({
      phase: textSchema.optional(),
      reason: textSchema.optional(),
      message: textSchema.optional(),
      podIP: textSchema.optional(),
      conditions: conditionsSchema,
      containerStatuses: containerStatusesSchema,
    })
    .default({ conditions: [], containerStatuses: [] }),
});

export type ObservedPod = z.output<typeof observedPodSchema>;

/** A core/v1 Event. Its times and its count come in one of several fields, by who wrote it. */
export const observedEventSchema = z.object({
  metadata: z.object(metadata),
  involvedObject: z.object({ kind: textSchema.optional(), name: textSchema.optional() }),
  type: textSchema.default("Normal"),
  reason: textSchema.default(""),
  message: textSchema.default(""),
  count: z.int().nullish(),
  series: z.object({ count: z.int(), lastObservedTime: z.string() }).nullish(),
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  source: z.object({ component: textSchema.optional() }).default({}),
  reportingComponent: textSchema.optional(),
});

export type ObservedEvent = z.output<typeof observedEventSchema>;
