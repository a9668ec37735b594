import { z } from "zod";

import { unsafeCharacter, unsafeInLine } from "./characters.ts";

/**
 * The longest single value. The kernel takes 128 KiB for one argument or variable and about 2 MiB for all of
 * them; the controller's spark-submit gets every one of a job's values on its command line.
 */
const maxValueCharacters = 8192;

const textSchema = z.string().max(maxValueCharacters);

function scalarOf(characterIn: (text: string) => string | undefined) {
  const text = textSchema.superRefine((given, context) => {
    const character = characterIn(given);
    if (character === undefined) return;
    context.addIssue({
      code: "custom",
      message: `contains the character ${character}`,
      params: { expected: characterIn === unsafeInLine ? oneLine : manyLines },
    });
  });
  return z.union([text, z.number(), z.boolean()]);
}

const manyLines = "a text whose only control characters are tab and newline";
const oneLine = "a text of one line, without control characters";

/** What YAML and JSON users write for a text: `spark.sql.shuffle.partitions: 200` means "200". */
export const scalarSchema = scalarOf(unsafeCharacter);

/**
 * A scalar whose text is one line. Spark writes a job's properties to a file and cuts tabs off both ends of a value when it
 * reads that (Utils.getPropertiesFromFile); no property that users may set wants a line break.
 */
export const lineScalarSchema = scalarOf(unsafeInLine);

export type Scalar = z.output<typeof scalarSchema>;

/** The values as the texts that Kubernetes and Spark take. */
export function asTexts(values: Readonly<Record<string, Scalar>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}
