"""Writes the same rows as 1,000 Parquet files by the job's committer and by Spark's default one, in turn.

Arguments: the folder to write below, and the number of rounds; a round before them warms up and is not told. Prints a
line of JSON for each round of a case, seconds of the job's committer and of Spark's:
{"case": "20x50", "value": 1.5, "baseline": 3.5}
"""

import json
import sys
import time

from pyspark.sql import SparkSession

FILES = 1000
ROWS_OF_FILE = 1000
# Tasks, and files of a task: of few large tasks and of many small ones.
CASES = {"20x50": (20, 50), "1000x1": (1000, 1)}
# The class by which Spark SQL writes Parquet; this one renames, and is Spark's default.
COMMITTER = "spark.sql.parquet.output.committer.class"
DEFAULT = "org.apache.parquet.hadoop.ParquetOutputCommitter"

spark = SparkSession.builder.getOrCreate()
spark.sparkContext.setLogLevel("WARN")
to, rounds = sys.argv[1].rstrip("/"), int(sys.argv[2])
ours = spark.conf.get(COMMITTER)


def seconds(tasks, files, committer, folder):
    spark.conf.set(COMMITTER, committer)
    rows = spark.range(0, FILES * ROWS_OF_FILE, 1, tasks).selectExpr("id", f"id % {files} AS part")
    begun = time.perf_counter()
    writer = rows.write.partitionBy("part") if files > 1 else rows.write
    writer.parquet(folder)
    taken = time.perf_counter() - begun
    written = len(spark.read.schema(rows.schema).parquet(folder).inputFiles())
    assert written == FILES, f"{written} files below {folder}"
    return taken


for number in range(rounds + 1):
    for case, (tasks, files) in CASES.items():
        value = seconds(tasks, files, ours, f"{to}/{case}/{number}")
        baseline = seconds(tasks, files, DEFAULT, f"{to}/{case}-default/{number}")
        if number > 0:
            print(json.dumps({"case": case, "value": value, "baseline": baseline}), flush=True)

spark.stop()
