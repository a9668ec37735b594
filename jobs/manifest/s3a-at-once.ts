import type { ResolvedJob } from "./resolved-job.ts";

/** Blocks of a file that a task uploads at once; as many column chunks it reads at once (Hadoop's `core-default.xml`). */
const transfers = 4;
/**
 * Uploads that a job's commit completes at once. Hadoop's 8 leave most of its time to waiting: on a store that takes 20 ms to
 * answer, a write of 1,000 files by 20 tasks took 15.2 s with these, and 16.8 s with 8 (medians of six, in turn).
 */
const commits = 32;
/** What Hadoop 3.4 has by default; 3.3 has 64 and 96. */
const least = { threads: 96, connections: 500 };

/**
 * What the S3 client may have at once, by what the tasks of an executor may: without a thread an upload waits, without a
 * connection a request does, and fails in the end. More than Hadoop's defaults from 25 cores on, and from 53.
 */
export function s3aAtOnce({ executor: { cores } }: ResolvedJob): Readonly<Record<string, string>> {
  const threads = Math.max(least.threads, cores * transfers);
  const connections = Math.max(least.connections, cores * (1 + 2 * transfers) + commits);
  return {
    "spark.hadoop.fs.s3a.threads.max": String(threads),
    "spark.hadoop.fs.s3a.connection.maximum": String(connections),
    "spark.hadoop.fs.s3a.committer.threads": String(commits),
  };
}
