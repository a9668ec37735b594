import { z } from "zod";

const namePattern = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const domainPattern = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Kubernetes' own domains (with them the operator's, which selects pods and services by its labels, and the
 * queues and schedulers that read theirs), and Spark's and the platform's, which all begin with `spark-`:
 * spark-submit fails when a user sets spark-role, spark-app-selector or spark-exec-id.
 */
const reservedPattern = /(?:^|[.-])(?:k8s|kubernetes)\.io\/|^spark-/;

const labelKeySchema = z.string().superRefine((key, context) => {
  const parts = key.split("/");
  const name = parts.at(-1) ?? "";
  const domain = parts.length === 2 ? parts[0] : undefined;
  const wellFormed =
    parts.length <= 2 && namePattern.test(name) && (domain === undefined || domainPattern.test(domain));
  if (!wellFormed) context.addIssue({ code: "custom", message: "does not have the form of a label's name" });
  else if (reservedPattern.test(key)) {
    context.addIssue({
      code: "custom",
      message: "is reserved for Kubernetes, the operator, Spark and the platform",
    });
  }
});

export const labelsSchema = z
  .record(
    labelKeySchema,
    z
      .string()
      .max(63)
      .regex(/^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/)
      .meta({
        description: "a label's value: letters, digits, '-', '_', '.', at most 63",
        examples: ["finance"],
      }),
  )
  .meta({
    description: "labels of the job and its pods; not of *.k8s.io, *.kubernetes.io or spark-*",
    examples: [{ "example.com/cost-centre": "finance" }],
  });
