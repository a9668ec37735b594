import { z } from "zod";

/**
 * A path without what changes its meaning on the way: a comma splits spark-submit's lists (submission.go:
 * dependenciesOption joins by it), glob characters are expanded by the controller's spark-submit, `#` and `?`
 * begin another part of the URI, `$` may be substituted, and empty or dot segments hide what is meant.
 */
const segment = String.raw`(?!\.{1,2}(?:/|$))[A-Za-z0-9._=@:+~%-][A-Za-z0-9._=@:+~%-]*`;
const path = String.raw`${segment}(?:/${segment})*`;
const bucket = String.raw`[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`;
const anyLocation = `(?:s3a://${bucket}/${path}|local:///${path})`;

const filePattern = new RegExp(`^${anyLocation}$`);
const archivePattern = new RegExp(String.raw`^${anyLocation}(?:#[A-Za-z0-9._-]{1,64})?$`);

export const mainFileSchema = z
  .string()
  .max(1024)
  .regex(filePattern, { abort: true })
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
  const one = z
    .string()
    .max(1024)
    .regex(pattern)
    .meta({
      description: `one of ${what}: s3a://… or local:///…, no commas, spaces or wildcards`,
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
