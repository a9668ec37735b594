import { job, localJob } from "./stack.ts";

export const text = "s3a://spark/datasets/examples/raven.txt";
export const output = (name: string): string => `datasets/e2e/${name}/`;
export const uri = (key: string): string => `s3a://spark/${key}`;
export const wordCount = localJob("word-count");
export const wordCountTo = (name: string): typeof wordCount => ({
  ...wordCount,
  arguments: [text, uri(output(name))],
});

/** Each way to deliver code, and both versions of Spark. */
export const deliveries = {
  "word-count": wordCountTo("word-count"),
  "word-count-3-5": { ...wordCountTo("word-count-3-5"), sparkVersion: "3.5.8" },
  "top-words": localJob("top-words"),
  folder: job({
    code: { folder: "test/e2e/code/folder", main: "main.py" },
    arguments: [uri(output("folder"))],
  }),
  // A main class that every Spark image has: not all have the jar of the examples.
  jar: job({
    mainFile: "local:///opt/spark/jars/spark-mllib_2.13-4.0.4.jar",
    mainClass: "org.apache.spark.mllib.util.KMeansDataGenerator",
    arguments: ["k8s://https://kubernetes.default.svc", uri(output("jar")), 100, 3, 2, 0.5],
  }),
};
