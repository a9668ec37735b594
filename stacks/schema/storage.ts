import { z } from "zod";

import { secret, text } from "./fields.ts";
import { storeVolume } from "./volume.ts";

const bucketName = z.string().regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
const bucketRule = "3 to 63 lower-case letters, digits and dashes";

const objects = z
  .record(
    z.string().regex(/^(datasets|code)\/[^/].*$/),
    text("path of a file in the project", "examples/data/poem.txt"),
  )
  .default({})
  .meta({
    description: "small files to put in the bucket: key, below datasets/ or code/, and the file's path",
    examples: [{ "code/top_words.py": "examples/top_words.py" }],
  });

const bucketFields = {
  bucket: bucketName
    .default("spark")
    .meta({ description: `name of the bucket, ${bucketRule}`, examples: ["spark"] }),
  region: text("region that requests are signed for", "us-east-1").default("us-east-1"),
  objects,
};

const keyPair = (use: string): z.ZodType<{ accessKeyId: string; secretAccessKey: string }> =>
  z
    .strictObject({
      accessKeyId: text(`access key id for ${use}`, "AKIAEXAMPLE"),
      secretAccessKey: secret(`secret access key for ${use}`),
    })
    .meta({ description: `key pair for ${use}: accessKeyId and secretAccessKey` });

/** The same pair may stand in more than one place, where the store knows only one. */
const storageKeysSchema = z
  .strictObject({
    admin: keyPair("making the bucket and its first objects"),
    jobs: keyPair("jobs"),
    history: keyPair("the History Server"),
    operator: keyPair("the operator"),
    registry: keyPair("the registry in the cluster"),
    gateway: keyPair("the gateway"),
  })
  .meta({
    description: "keys for admin, jobs, history, operator, registry and gateway",
    examples: ["pulumi config set --secret --path storage.keys.jobs.secretAccessKey"],
    // Also where somebody writes a key in the place of the whole.
    secret: true,
  });

export const storageSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("in-cluster"), ...bucketFields, volume: storeVolume }),
    z.strictObject({
      kind: z.literal("existing"),
      ...bucketFields,
      endpoint: z
        .url({ protocol: /^https?$/ })
        .meta({ description: "the store's URL as pods reach it", examples: ["https://s3.example.org"] }),
      pathStyle: z
        .boolean()
        .default(true)
        .meta({ description: "whether the bucket's name is in the path, not in the host", examples: [true] }),
      keys: storageKeysSchema,
    }),
  ])
  .prefault({ kind: "in-cluster" })
  .meta({
    description:
      "the bucket of data, code and event logs: a store in the cluster (in-cluster) or one that exists",
    examples: [{ kind: "in-cluster" }, { kind: "existing", endpoint: "https://s3.example.org" }],
  });

const keyNumber = (user: string): z.ZodOptional<z.ZodInt> =>
  z
    .int()
    .positive()
    .optional()
    .meta({ description: `number of the key pair for ${user}; one more makes a new one`, examples: [2] });

/** The bucket that the stack makes on S3. */
export const s3BucketSchema = z
  .strictObject({
    bucket: bucketName.optional().meta({
      description: `name of the bucket, ${bucketRule}, that nobody else in AWS has; by default one is found`,
      examples: ["example-org-spark-dev"],
    }),
    objects,
    keys: z
      .strictObject({
        jobs: keyNumber("jobs"),
        history: keyNumber("the History Server"),
        operator: keyNumber("the operator"),
        registry: keyNumber("a registry"),
        gateway: keyNumber("a gateway"),
      })
      .prefault({ jobs: 1 })
      .meta({
        description:
          "key pairs for clients outside of AWS: the purpose, and the number of its pair; the pair before it goes on",
        examples: [{ jobs: 2 }],
      }),
  })
  .prefault({})
  .meta({ description: "the bucket of data, code and event logs", examples: [{ keys: { jobs: 1 } }] });
