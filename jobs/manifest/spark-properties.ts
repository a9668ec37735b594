import { driverUiConf } from "./driver-ui.ts";
import type { JobPlatform } from "./platform.ts";
import type { ResolvedJob } from "./resolved-job.ts";
import { s3aAtOnce } from "./s3a-at-once.ts";
import { committerKey } from "./s3a-tuning.ts";
import { sharedClassesConf } from "./shared-classes.ts";

type Texts = Readonly<Record<string, string>>;

/** Size, before compression, at which a job's event log goes on in another file. */
export const eventLogFileMiB = 16;

/**
 * All of a job's Spark properties. Later ones win: the platform's base, the engineer's defaults, what executors do
 * without, the driver's UI, the storage's, the user's. That the user comes last is safe because the allow-list has no key of the others but the
 * engineer's.
 */
export function sparkProperties(job: ResolvedJob, platform: JobPlatform): Texts {
  const defaults = {
    ...allExecutorsAtOnce,
    ...vectoredReads,
    ...s3aAtOnce(job),
    ...eventLog(platform.eventLogDirectory),
    ...sharedClassesConf(job),
    ...(job.scaling.kind === "dynamic" && decommissioning),
    ...job.sparkConf.defaults,
  };
  return sorted({
    ...defaults,
    ...noExecutorConfigMap,
    ...driverUiConf(platform, job.sparkVersion, defaults),
    ...platform.storage.sparkConf,
    ...(usesCommitter(job) && platform.storage.committerConf),
    ...job.sparkConf.user,
  });
}

/**
 * Whether a job writes by the storage's committer. On the platform's images it does, if nobody says otherwise; an image
 * of the user's own may lack the class, and every write would fail.
 */
function usesCommitter({ image, sparkConf: { user, defaults } }: ResolvedJob): boolean {
  const standard = image === undefined ? "magic" : "file";
  return (user[committerKey] ?? defaults[committerKey] ?? standard) === "magic";
}

/**
 * Spark asks for ten executors, then waits a second. The last of 50 pods was there 5.6 s after the first, and 1.9 s after it
 * where all are asked for at once (medians of three, in turn).
 */
const allExecutorsAtOnce: Texts = { "spark.kubernetes.allocation.batch.size": "100" };

/**
 * Parquet asks the store for the column chunks of a row group at once, and not for one after the other: on a store that
 * takes 10 ms to answer, a read of 6 columns of 20 took 0.7 of the time. Off by default before Parquet 1.16; Spark 4.0
 * has 1.15, and the 1.13 of Spark 3.5 does not know the key.
 * (https://github.com/apache/parquet-java/blob/apache-parquet-1.15.2/parquet-hadoop/README.md)
 */
const vectoredReads: Texts = { "spark.hadoop.parquet.hadoop.vectored.io.enabled": "true" };

/**
 * The driver would make a ConfigMap of its configuration folder for its executors. They need none of it, since it tells
 * them all properties, and drivers have no right to make any (components/namespaces/driver-rules.ts).
 */
const noExecutorConfigMap: Texts = { "spark.kubernetes.executor.disableConfigMap": "true" };

function eventLog(directory: string): Texts {
  return {
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": directory,
    // On S3 a file appears when it is closed: rolling lets the History Server see a job that still runs, and
    // loses one file, not all, with a driver that dies. Smaller files show more often; 10m is Spark's minimum.
    "spark.eventLog.rolling.enabled": "true",
    "spark.eventLog.rolling.maxFileSize": `${eventLogFileMiB}m`,
    // The default since Spark 4.0, set for 3.5.
    "spark.eventLog.compress": "true",
  };
}

/**
 * An executor that leaves hands its shuffle and cached blocks to others. With shuffle tracking alone it could not
 * leave while any of its shuffle data is still wanted.
 */
const decommissioning: Texts = {
  "spark.decommission.enabled": "true",
  "spark.storage.decommission.enabled": "true",
  "spark.storage.decommission.rddBlocks.enabled": "true",
  "spark.storage.decommission.shuffleBlocks.enabled": "true",
};

/** By code units, the same on every machine: equal input gives equal bytes, so a second deploy changes nothing. */
export function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
