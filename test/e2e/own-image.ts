import { job, type Job } from "./stack.ts";

/** The program in the image: it says what is in its own image, and what an executor finds there. */
const program = `
import json, pathlib, sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
read = lambda _: pathlib.Path("/opt/team/version").read_text().strip()
seen = {"driver": read(0), "executor": spark.sparkContext.parallelize([0]).map(read).first()}
spark.sparkContext.parallelize([json.dumps(seen)], 1).saveAsTextFile(sys.argv[1])
spark.stop()
`;

/** The Dockerfile of a user's own image, on one of the platform's. */
export function ownDockerfile(base: string, version: number): string {
  const encoded = Buffer.from(program).toString("base64");
  return [
    `FROM ${base}`,
    "USER root",
    `RUN mkdir /opt/team && echo ${version} > /opt/team/version && echo ${encoded} | base64 -d > /opt/team/main.py`,
    "USER 185",
  ].join("\n");
}

/** Prefix of what the job writes. */
export function ownOutput(name: string): string {
  return `datasets/e2e/${name}/`;
}

/** A job on that image. */
export function ownJob(name: string, image: string): Job {
  return job({ image, mainFile: "local:///opt/team/main.py", arguments: [`s3a://spark/${ownOutput(name)}`] });
}
