import { z } from "zod";

/** A Kubernetes DNS-1035 label is at most this long, and so is a label's value. */
const labelCharacters = 63;

/**
 * The longest name of a job. From it the operator makes the driver's pod `<name>-driver`, whose name is its host
 * name too (operator 2.5.2 pkg/util/sparkapplication.go: GetDriverPodName). Spark's own names need no room: it falls
 * back to `spark-<id>-driver-svc` and cuts executors' host names to 63 (DriverServiceFeatureStep,
 * BasicExecutorFeatureStep).
 */
export const maxJobNameCharacters = labelCharacters - "-driver".length;

/**
 * The longest name of a scheduled job: each run is called `<name>-<Unix time in nanoseconds>` (operator 2.5.2
 * internal/controller/scheduledsparkapplication/controller.go: createSparkApplication; the chart's default
 * precision, nanos, has 19 digits) and needs the room of a job's name itself.
 */
export const maxScheduledJobNameCharacters = maxJobNameCharacters - "-1234567890123456789".length;

/** DNS-1035, as the operator's webhook demands (validateName), which a cluster may run without. */
export const jobNameSchema = z
  .string()
  .max(maxJobNameCharacters)
  .regex(/^[a-z](?:[-a-z0-9]*[a-z0-9])?$/)
  .meta({
    description:
      `the job's name: lower-case letters, digits and dashes, from a letter on, ` +
      `at most ${maxJobNameCharacters} characters (${maxScheduledJobNameCharacters} with a schedule)`,
    examples: ["word-count"],
  });

/** The name of a Kubernetes secret: a DNS-1123 subdomain. */
export const secretNameSchema = z
  .string()
  .max(253)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/)
  .meta({ description: "the name of a secret in the job's namespace", examples: ["warehouse"] });

/** A key in a secret or a ConfigMap. */
export const dataKeyPattern = /^(?!\.\.)(?!\.$)[-._a-zA-Z0-9]{1,253}$/;

export const secretKeySchema = z
  .string()
  .regex(dataKeyPattern)
  .meta({ description: "the key in that secret", examples: ["password"] });
