/** Of spark-hadoop-cloud (images/versions.ts), which every Spark image of the platform has. */
const binding = "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter";

/**
 * Spark properties by which a job writes through S3A's magic committer: a task uploads its files to where they belong,
 * and the job's commit completes the uploads. Spark's own committer renames each file twice, which on S3 is to copy it.
 * (https://hadoop.apache.org/docs/r3.4.1/hadoop-aws/tools/hadoop-aws/committers.html)
 *
 * - Not `directory` or `partitioned`: those hand a task's uploads to the driver in a file system that all pods share,
 *   and pods share none.
 * - By the committer class of Spark SQL, for all formats, and not by `spark.sql.sources.commitProtocolClass` =
 *   PathOutputCommitProtocol, which refuses dynamic partition overwrite and partitions with a place of their own
 *   (SPARK-40034). Spark's protocol does both, whatever the committer: it commits to a staging folder and renames that.
 *   For all formats, because it looks at the work path of a FileOutputCommitter only, which the binding is: with
 *   `committer.name` alone, a CSV file would go to its place before its task has ended.
 */
export const committerConf: Readonly<Record<string, string>> = {
  "spark.hadoop.fs.s3a.committer.name": "magic",
  // Hadoop 3.4 keeps in memory what a task has uploaded, and not in a file for each of its files, which the task's commit
  // would list, read and remove. What an executor takes with it was not committed and is written again, either way.
  "spark.hadoop.fs.s3a.committer.magic.track.commits.in.memory.enabled": "true",
  // By default the end of a write aborts every unfinished upload below its folder, also those of another job that writes
  // there and would fail by it. Off is what Hadoop's documentation asks for where jobs write to one folder at a time. A
  // task that fails aborts its own, either way, and a commit that fails those of the whole job; what a lost executor was
  // at and what a job had ready that gave up before its commit goes with its age (bucket-lifecycle.ts, abort-uploads.ts).
  "spark.hadoop.fs.s3a.committer.abort.pending.uploads": "false",
  "spark.sql.parquet.output.committer.class": binding,
  "spark.sql.sources.outputCommitterClass": binding,
};
