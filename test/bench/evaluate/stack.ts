import type { Fields } from "../../../local/kube/json.ts";

const teams = ["team-a", "team-b", "team-c", "team-d"];

/** A stack file's values: the platform, and so many jobs with inline code, no two of them alike. */
export function stackOf(jobs: number): Fields {
  return {
    cluster: { context: "bench", identifier: "bench" },
    images: { registry: "registry.example.org/spark-platform" },
    storage: { kind: "in-cluster" },
    namespaces: teams.map((name) => ({ name })),
    jobs: Object.fromEntries(Array.from({ length: jobs }, (_, index) => [`job-${index}`, job(index)])),
  };
}

/** What a stack's author may well write: some fields set, the others left to the defaults. */
function job(index: number): Fields {
  const code = [
    "import sys",
    "from pyspark.sql import SparkSession",
    `spark = SparkSession.builder.appName("job-${index}").getOrCreate()`,
    "spark.read.parquet(sys.argv[1]).groupBy('day').count().write.mode('overwrite').parquet(sys.argv[2])",
    "spark.stop()",
  ];
  return {
    namespace: teams[index % teams.length],
    code: { inline: code.join("\n") },
    arguments: [`s3a://spark/datasets/source-${index}`, `s3a://spark/datasets/result-${index}`],
    executor: { instances: 1 + (index % 4), memory: "2g" },
    sparkConf: { "spark.sql.shuffle.partitions": 10 + index },
    env: { REPORT: `report-${index}` },
  };
}
