import { s3aTuning } from "./s3a-tuning.ts";

interface Group {
  /** Why users may set these. */
  readonly why: string;
  /** Whole keys, or prefixes where they end with a dot. */
  readonly keys: readonly string[];
}

/**
 * The Spark properties that users may set; all others are refused. What a job does in its own pods is its own
 * (its code could do the same), so the list asks of each key what else reads it: the controller's spark-submit
 * (with the operator's rights over every namespace and its S3 keys), the platform (storage, event logs, UI) or
 * another field of the job. A key gets in when the answer is nothing.
 */
const groups: readonly Group[] = [
  {
    why: "queries: plans, adaptive execution, catalogues, extensions and formats, all read by the session in the pods",
    keys: ["spark.sql."],
  },
  {
    why: "how tasks exchange and keep data",
    keys: [
      "spark.shuffle.",
      "spark.reducer.",
      "spark.broadcast.",
      "spark.rdd.",
      "spark.io.",
      "spark.checkpoint.",
    ],
  },
  {
    why: "division of the memory that driver.memory and executor.memory give",
    keys: ["spark.memory.", "spark.storage.", "spark.cleaner.", "spark.executor.pyspark.memory"],
  },
  {
    why: "how objects are written",
    keys: ["spark.serializer", "spark.serializer.", "spark.kryo.", "spark.kryoserializer."],
  },
  {
    why: "placing, repeating and giving up of tasks",
    keys: [
      "spark.speculation",
      "spark.speculation.",
      "spark.task.",
      "spark.stage.",
      "spark.scheduler.",
      "spark.locality.",
      "spark.excludeOnFailure.",
      "spark.default.parallelism",
      "spark.barrier.",
    ],
  },
  {
    why: "time-outs and message sizes between the job's own pods",
    keys: ["spark.network.", "spark.rpc.", "spark.executor.heartbeatInterval"],
  },
  {
    why: "pace of dynamic allocation; whether and how far it goes are the fields of dynamicAllocation",
    keys: [
      "spark.dynamicAllocation.executorIdleTimeout",
      "spark.dynamicAllocation.cachedExecutorIdleTimeout",
      "spark.dynamicAllocation.schedulerBacklogTimeout",
      "spark.dynamicAllocation.sustainedSchedulerBacklogTimeout",
      "spark.dynamicAllocation.executorAllocationRatio",
      "spark.dynamicAllocation.shuffleTracking.timeout",
    ],
  },
  {
    why: "how executors leave",
    keys: ["spark.decommission.enabled", "spark.executor.decommission."],
  },
  {
    why: "limits, Python workers and JVM options of the job's own processes",
    keys: [
      "spark.driver.maxResultSize",
      "spark.driver.extraJavaOptions",
      "spark.executor.extraJavaOptions",
      "spark.python.",
      "spark.pyspark.python",
      "spark.pyspark.driver.python",
    ],
  },
  {
    why: "how much the job's UI remembers; who may see it is the platform's (spark.ui.filters, proxies, ACLs)",
    keys: [
      "spark.ui.retainedJobs",
      "spark.ui.retainedStages",
      "spark.ui.retainedTasks",
      "spark.ui.showConsoleProgress",
    ],
  },
  {
    why: "code of the job's own that the driver loads; a cluster-mode spark-submit makes no SparkContext",
    keys: ["spark.plugins", "spark.extraListeners"],
  },
  {
    why: "files that the job reads and writes; Hadoop's client reads neither when it only fetches dependencies",
    keys: [
      "spark.hadoop.parquet.",
      "spark.hadoop.mapreduce.input.fileinputformat.split.minsize",
      "spark.hadoop.mapreduce.input.fileinputformat.split.maxsize",
      "spark.hadoop.mapreduce.input.fileinputformat.list-status.num-threads",
    ],
  },
];

/** Keys within an allowed group that the platform keeps for itself. */
const kept: Readonly<Record<string, string>> = {
  // Of one choice with fs.s3a.committer.name, which users may turn off: the storage sets all of them or none.
  "spark.sql.sources.commitProtocolClass": "the platform's storage chooses the committer",
  "spark.sql.sources.outputCommitterClass": "the platform's storage chooses the committer",
  "spark.sql.parquet.output.committer.class": "the platform's storage chooses the committer",
  // What it matches is hidden in event logs, which others may read.
  "spark.sql.redaction.string.regex": "the platform decides what is hidden in event logs",
  "spark.sql.redaction.options.regex": "the platform decides what is hidden in event logs",
};

const allowed = groups.flatMap(({ keys }) => keys);
const exact = new Set(allowed.filter((key) => !key.endsWith(".")));
const prefixes = allowed.filter((key) => key.endsWith("."));

/** Whether a user may set this property, apart from its value. */
export function isAllowedKey(key: string): boolean {
  // The form first, so that nothing hides behind a prefix (a space or "=" would split on spark-submit's side).
  if (!/^spark\.[A-Za-z0-9._-]{0,200}[A-Za-z0-9_]$/.test(key) || Object.hasOwn(kept, key)) return false;
  return exact.has(key) || s3aTuning(key) !== undefined || prefixes.some((prefix) => key.startsWith(prefix));
}

/** Why the platform keeps a key that its group would allow. */
export function keptBecause(key: string): string | undefined {
  return Object.hasOwn(kept, key) ? kept[key] : undefined;
}

/** The allow-list for documentation: each group's keys and why they are in. */
export const allowedGroups: readonly Group[] = groups;
