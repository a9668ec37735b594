import {
  imagesPrefix,
  logsPrefix,
  prefixes,
  s3Purposes,
  uploadsPrefix,
  type S3Purpose,
} from "./object-store.ts";

interface Grant {
  readonly actions: readonly string[];
  /** Keys of the bucket; `*` stands for any characters and `?` for one, as in S3's policy language. */
  readonly keys: readonly string[];
}

const read = ["s3:GetObject"];
const put = ["s3:PutObject"];
const write = [...put, "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
const remove = ["s3:DeleteObject"];

/** S3A looks at `events` before `events/`, and a store that refuses the look refuses the folder. */
const look = (prefix: string): string[] => [prefix.slice(0, -1), `${prefix}*`];

/**
 * The keys in a folder, without the folder itself. An object `events` in the place of the folder, or `events/` gone
 * (drivers do not start without it), would stop every team.
 */
const inside = (prefix: string): string[] => [`${prefix}?*`];

/**
 * What each purpose may do, and no more:
 * - `jobs` read and write data, read code, and write event logs. Of those they may remove only what is in progress
 *   (Spark renames the status file when it ends, and S3 renames by copy and delete): a job cannot wipe the log of
 *   another.
 * - `history` reads event logs and removes old ones. It writes there too: Spark's FsHistoryProvider reads the
 *   store's clock off a file that it makes, and compaction writes the compacted log.
 * - `operator` reads code, since the controller fetches the dependencies of a job in its own pod.
 * - `registry` has images to itself
 *   (https://distribution.github.io/distribution/storage-drivers/s3/#s3-permission-scopes).
 * - `gateway` keeps the logs of drivers that are gone, and removes them with its records. It looks at what users have
 *   uploaded and adds to it, whether they put it there with its signature or it passes it on, but never removes any: a job
 *   that waits may name it. Each is one object of one request.
 *
 * Folders themselves are the set-up's: whoever writes, writes inside of them.
 */
export const grants: Readonly<Record<S3Purpose, readonly Grant[]>> = {
  jobs: [
    { actions: read, keys: [prefixes.datasets, prefixes.code, prefixes.events].flatMap(look) },
    { actions: write, keys: [prefixes.datasets, prefixes.events].flatMap(inside) },
    { actions: remove, keys: [...inside(prefixes.datasets), `${prefixes.events}*.inprogress`] },
  ],
  history: [
    { actions: read, keys: look(prefixes.events) },
    { actions: [...write, ...remove], keys: inside(prefixes.events) },
  ],
  operator: [{ actions: read, keys: look(prefixes.code) }],
  registry: [
    { actions: read, keys: look(imagesPrefix) },
    { actions: [...write, ...remove], keys: inside(imagesPrefix) },
  ],
  gateway: [
    { actions: read, keys: [`${logsPrefix}*`, `${uploadsPrefix}*`] },
    { actions: put, keys: [logsPrefix, uploadsPrefix].flatMap(inside) },
    { actions: remove, keys: inside(logsPrefix) },
  ],
};

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal?: { readonly AWS: readonly string[] };
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: { readonly StringLike: { readonly "s3:prefix": readonly string[] } };
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/** The statements that give one purpose its grants, for a bucket policy (with a principal) or an identity's own. */
export function policyStatements(bucket: string, purpose: S3Purpose, principal?: string): PolicyStatement[] {
  const who = principal === undefined ? {} : { Principal: { AWS: [principal] } };
  const objects = grants[purpose].map((grant, index) => ({
    Sid: `${purpose}Objects${index}`,
    Effect: "Allow" as const,
    ...who,
    Action: grant.actions,
    Resource: grant.keys.map((key) => `arn:aws:s3:::${bucket}/${key}`),
  }));
  const listed = grants[purpose].flatMap(({ actions, keys }) =>
    actions.includes("s3:GetObject") ? keys : [],
  );
  const list = {
    Sid: `${purpose}List`,
    Effect: "Allow" as const,
    ...who,
    Action: ["s3:ListBucket"],
    Resource: [`arn:aws:s3:::${bucket}`],
    Condition: { StringLike: { "s3:prefix": listed } },
  };
  if (purpose !== "registry") return [...objects, list];
  // An upload that was cut off is found again by its list, which knows no condition on the prefix.
  const uploads = {
    Sid: `${purpose}Uploads`,
    Effect: "Allow" as const,
    ...who,
    Action: ["s3:ListBucketMultipartUploads"],
    Resource: [`arn:aws:s3:::${bucket}`],
  };
  return [...objects, list, uploads];
}

/** What an identity of one purpose may do, as its own policy. */
export function identityPolicy(bucket: string, purpose: S3Purpose): PolicyDocument {
  return { Version: "2012-10-17", Statement: policyStatements(bucket, purpose) };
}

/** The bucket policy that gives each purpose's user its grants and nobody else anything. */
export function bucketPolicy(bucket: string, users: Readonly<Record<S3Purpose, string>>): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: s3Purposes.flatMap((purpose) => policyStatements(bucket, purpose, users[purpose])),
  };
}
