import { z } from "zod";

import { quoted } from "./characters.ts";

/**
 * A path that means the same to everybody who reads it. A comma splits spark-submit's lists (submission.go:
 * dependenciesOption joins by it); the controller's spark-submit decodes `%41` and expands globs, encoded ones too
 * (DependencyUtils.resolveGlobPath); there a colon makes a part of the path a URI of its own (Hadoop's Globber), and on
 * the driver it splits PYTHONPATH; `#` and `?` begin another part of the URI, `$` may be substituted, and empty or dot
 * segments hide what is meant.
 */
const characters = "A-Za-z0-9._=@+~-";
const segment = String.raw`(?!\.{1,2}(?:[/#]|$))[${characters}]+`;
const path = String.raw`${segment}(?:/${segment})*`;
/** Java takes a name of several labels for a host only if the last one begins with a letter. */
const label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const bucket = String.raw`(?=[^/]{3,63}/)(?:${label}|(?:${label}\.)+(?=[a-z])${label})`;
const anyLocation = `(?:s3a://${bucket}/${path}|local:///${path})`;

const filePattern = new RegExp(`^${anyLocation}$`);
const archivePattern = new RegExp(String.raw`^${anyLocation}(?:#(?!\.{1,2}$)[A-Za-z0-9._-]{1,64})?$`);

const oddCharacter = new RegExp(`[^/${characters}]`, "u");

/** A location that has the pattern's form; of one that has not, the character is named that it may not have. */
function locationSchema(pattern: RegExp): z.ZodString {
  return z
    .string()
    .max(1024)
    .superRefine((location, context) => {
      const [, path = "", fragment] = /^(?:s3a|local):\/\/([^#]*)(#.*)?$/su.exec(location) ?? [];
      const odd = oddCharacter.exec(path)?.[0] ?? (pattern === archivePattern ? undefined : fragment?.[0]);
      if (odd === undefined) return;
      const message = `has the character ${quoted(odd)}, which does not stand for itself in a location`;
      context.addIssue({ code: "custom", message, continue: false });
    })
    .regex(pattern, { abort: true });
}

export const mainFileSchema = locationSchema(filePattern)
  .refine((file) => isPython(file) || isJar(file), { error: "is neither a .py file nor a .jar" })
  .meta({
    description: "the program: a .py or .jar in S3 (s3a://) or in the image (local:///)",
    examples: ["s3a://data/code/word_count.py", "local:///opt/spark/examples/jars/spark-examples.jar"],
  });

const isPython = (file: string): boolean => file.endsWith(".py");
export const isJar = (file: string): boolean => file.endsWith(".jar");

/**
 * Only s3a:// and local://. The operator's controller resolves these in its own pod before the job starts:
 * https: would let a job make it call any address, file: would hand out the controller's disk.
 */
function locations(what: string, pattern: RegExp, example: string): z.ZodOptional<z.ZodArray<z.ZodString>> {
  const one = locationSchema(pattern).meta({
    description: `one of ${what}: s3a://… or local:///…, of letters, digits and . _ = @ + ~ - between the slashes`,
    examples: [example],
  });
  return z
    .array(one)
    .max(200)
    .meta({ description: what, examples: [[example]] })
    .optional();
}

export const dependenciesSchema = z
  .strictObject({
    jars: locations("jars on the class path of driver and executors", filePattern, "s3a://data/code/udf.jar"),
    files: locations("files in the working directory", filePattern, "s3a://data/code/rates.csv"),
    pyFiles: locations("Python modules (.py, .zip, .egg)", filePattern, "s3a://data/code/lib.zip"),
    archives: locations("archives to unpack, as #name", archivePattern, "s3a://data/code/venv.tar.gz#venv"),
  })
  .meta({ description: "files that the job needs, from S3 (s3a://) or from the image (local:///)" });
