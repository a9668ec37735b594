/** The prefix under which Spark hands properties to Hadoop's S3 client. */
const s3a = "spark.hadoop.fs.s3a.";

const committerName = "committer.name";
/** What chooses between the storage's committer (`magic`) and Spark's own (`file`). */
export const committerKey = `${s3a}${committerName}`;

interface Tuning {
  /** What is right, with an example. */
  readonly expected: string;
  readonly accepts: (value: string) => boolean;
}

/**
 * How a job may tune the S3 client: how much at once, how long, how to read and write. Never where to, as whom or with
 * what code (endpoint, region, credentials, providers, per-bucket keys, classes): that is the storage's.
 *
 * Every value has a bound, since these keys are read by the controller too, whose spark-submit resolves
 * `dependencies` with the job's properties: a million retries would hold one of its workers for good.
 */
export function s3aTuning(key: string): Tuning | undefined {
  if (!key.startsWith(s3a)) return undefined;
  const name = key.slice(s3a.length);
  return Object.hasOwn(tunings, name) ? tunings[name] : undefined;
}

function count(min: number, max: number): Tuning {
  return {
    expected: `a whole number from ${min} to ${max}`,
    accepts: (value) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max,
  };
}

const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60 };

/** Hadoop's time with its unit: without one, the unit differs from key to key and from version to version. */
function time(maxSeconds: number): Tuning {
  return {
    expected: `a time in ms, s or m, more than 0 and at most ${maxSeconds}s, for example "30s"`,
    accepts: (value) => {
      const match = /^([1-9]\d{0,7})(ms|s|m)$/.exec(value);
      return match !== null && Number(match[1]) * (secondsOf[match[2] ?? ""] ?? Infinity) <= maxSeconds;
    },
  };
}

const mebibytesOf: Readonly<Record<string, number>> = { K: 1 / 1024, M: 1 };

function size(maxMiB: number): Tuning {
  return {
    expected: `a size in K or M, at most ${maxMiB}M, for example "64M"`,
    accepts: (value) => {
      const match = /^([1-9]\d{0,7})([KM])$/.exec(value);
      return match !== null && Number(match[1]) * (mebibytesOf[match[2] ?? ""] ?? Infinity) <= maxMiB;
    },
  };
}

function choice(...values: readonly string[]): Tuning {
  return { expected: `one of ${values.join(", ")}`, accepts: (value) => values.includes(value) };
}

const tunings: Readonly<Record<string, Tuning>> = {
  // How much at once.
  "connection.maximum": count(1, 1024),
  "threads.max": count(1, 512),
  "max.total.tasks": count(1, 1024),
  "committer.threads": count(1, 256),
  "paging.maximum": count(1, 5000),
  "fast.upload.active.blocks": count(1, 64),
  "vectored.active.ranged.reads": count(1, 64),
  "prefetch.block.count": count(1, 64),
  // How long and how often.
  "connection.timeout": time(600),
  "connection.establish.timeout": time(120),
  "connection.acquisition.timeout": time(120),
  "connection.request.timeout": time(1800),
  "connection.ttl": time(3600),
  "threads.keepalivetime": time(600),
  "attempts.maximum": count(1, 20),
  "retry.limit": count(1, 20),
  "retry.interval": time(60),
  "retry.throttle.limit": count(1, 40),
  "retry.throttle.interval": time(60),
  // In what pieces.
  "block.size": size(1024),
  "readahead.range": size(64),
  "multipart.size": size(1024),
  "multipart.threshold": size(5120),
  "prefetch.block.size": size(64),
  "vectored.read.min.seek.size": size(64),
  "vectored.read.max.merged.size": size(256),
  // How to read and write.
  "experimental.input.fadvise": choice("normal", "sequential", "random"),
  "input.fadvise": choice("normal", "sequential", "random"),
  "fast.upload.buffer": choice("disk", "array", "bytebuffer"),
  "prefetch.enabled": choice("true", "false"),
  // The storage's committer, or Spark's own (spark-properties.ts).
  [committerName]: choice("magic", "file"),
};
