import { z } from "zod";

/**
 * The longest single value. The kernel takes 128 KiB for one argument or variable and about 2 MiB for all of
 * them; the controller's spark-submit gets every one of a job's values on its command line.
 */
const maxValueCharacters = 8192;

/** What YAML and JSON users write for a text: `spark.sql.shuffle.partitions: 200` means "200". */
export const scalarSchema = z.union([
  z
    .string()
    .max(maxValueCharacters)
    .refine((text) => !text.includes("\0"), {
      error: "contains a NUL character, which no process can be given",
    }),
  z.number(),
  z.boolean(),
]);

export type Scalar = z.output<typeof scalarSchema>;

/** The values as the texts that Kubernetes and Spark take. */
export function asTexts(values: Readonly<Record<string, Scalar>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}
