import { memoryMiB } from "../../jobs/manifest/quantities.ts";

/** How much the History Server may hold, and how long it keeps event logs. */
export interface HistorySizing {
  /** The JVM's heap, in MiB (`m`) or GiB (`g`). */
  readonly memory: string;
  /** Age, such as `30d`, at which it removes event logs from the bucket. */
  readonly maxAge: string;
}

export interface HistoryConfArgs {
  readonly sizing: HistorySizing;
  /** `s3a://BUCKET/events/`. */
  readonly eventLogDirectory: string;
  /** Properties that reach the store. */
  readonly storeConf: Readonly<Record<string, string>>;
  /** The key that the gateway's signature is checked with: base64url. */
  readonly key: string;
}

export const port = 18080;
/** Where what was read of the logs is kept. A restart begins anew with it. */
export const cacheFolder = "/var/cache/spark-history";
const cacheGiB = 8;
/** From the end of a look for new event logs in the bucket to the next one. */
export const updateIntervalSeconds = 10;

/** Overhead that the JVM needs beside its heap: threads, classes, RocksDB. */
const overheadMiB = 512;

/** Memory of the pod, in MiB. @throws where the heap is not an amount such as `1g`. */
export function podMemoryMiB({ memory }: HistorySizing): number {
  const heap = heapMiB(memory);
  return heap + Math.max(overheadMiB, Math.ceil(heap / 4));
}

/** What the cache's volume may hold, in GiB: more than the server takes, so that its own limit comes first. */
export const cacheVolumeGiB = cacheGiB + 2;

/**
 * All of the server's properties (https://spark.apache.org/docs/4.0.4/monitoring.html). The key is among them: Spark
 * reads it from a properties file alone, and only one is read.
 */
export function historyConf(args: HistoryConfArgs): Record<string, string> {
  const { sizing } = args;
  return {
    ...args.storeConf,
    "spark.history.fs.logDirectory": args.eventLogDirectory,
    "spark.history.ui.port": String(port),
    "spark.history.fs.update.interval": `${updateIntervalSeconds}s`,
    "spark.history.fs.cleaner.enabled": "true",
    "spark.history.fs.cleaner.interval": "1h",
    "spark.history.fs.cleaner.maxAge": sizing.maxAge,
    // Compaction forgets the details of finished jobs, so that it is for applications that run for weeks: it spares
    // the last 64 files of a log, a GiB as jobs write them.
    "spark.history.fs.eventLog.rolling.maxFilesToRetain": "64",
    // What is read of a log goes to disk. Spark's hybrid store keeps it in memory first and moves it to disk in one
    // batch outside of the heap (apache/spark, RocksDB.writeAll): with a log of 1 GB that is more than 2 GiB, and the
    // pod is killed for it.
    "spark.history.store.path": cacheFolder,
    "spark.history.store.maxDiskUsage": `${cacheGiB}g`,
    "spark.history.store.serializer": "PROTOBUF",
    "spark.history.store.hybridStore.enabled": "false",
    // Whoever comes without the gateway's signature is refused, whatever way they came.
    "spark.ui.filters": jwsFilter,
    [`spark.${jwsFilter}.param.secretKey`]: args.key,
  };
}

const jwsFilter = "org.apache.spark.ui.JWSFilter";

/** The text of a properties file. @throws where a value would end its line. */
export function propertiesFile(conf: Readonly<Record<string, string>>): string {
  const lines = Object.entries(conf).map(([key, value]) => {
    if (/[\r\n\\]/.test(value)) throw new Error(`the value of ${key} has a line's end or a backslash in it`);
    return `${key}=${value}\n`;
  });
  return lines.join("");
}

function heapMiB(memory: string): number {
  const heap = memoryMiB(memory);
  if (heap === undefined) throw new Error(`${JSON.stringify(memory)} is not an amount of memory such as 1g`);
  return heap;
}
