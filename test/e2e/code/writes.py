"""Writes while its tasks fail and its executors are killed; what is there in the end must be as if nothing had happened.

Arguments: the folder to write below.
"""

import os
import signal
import sys
from pathlib import Path

from pyspark import TaskContext
from pyspark.sql import SparkSession

PARTITIONS = 6
ROWS = 1000
SCHEMA = "id long, part long"


def kill_executor():
    """Ends the process that the Python worker works for, as a node does that goes away."""
    process = os.getpid()
    while Path(f"/proc/{process}/comm").read_text().strip() != "java":
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(process, signal.SIGKILL)


def fail():
    raise RuntimeError("fails in the midst of its rows")


def rows(trouble, attempts):
    """Six tasks' worth; so many attempts of the fourth meet the trouble when half of its rows are written."""

    def of_task(index, _):
        for row in range(ROWS):
            if row == ROWS // 2 and index == 3 and TaskContext.get().attemptNumber() < attempts:
                trouble()
            yield (index * ROWS + row, index % 2)

    return spark.sparkContext.parallelize([], PARTITIONS).mapPartitionsWithIndex(of_task)


def table(trouble, attempts=1):
    return spark.createDataFrame(rows(trouble, attempts), SCHEMA)


spark = SparkSession.builder.getOrCreate()
to = sys.argv[1].rstrip("/")

for name, trouble in {"failed-task": fail, "killed-executor": kill_executor}.items():
    table(trouble).write.parquet(f"{to}/{name}")
    table(trouble).write.partitionBy("part").json(f"{to}/{name}-json")

# An overwrite replaces the partitions that it writes, and no other.
for form in ("parquet", "json"):
    folder = f"{to}/overwritten-{form}"
    table(fail, attempts=0).selectExpr("-1 - id AS id", "part").write.partitionBy("part").format(form).save(folder)
    overwrite = table(fail).where("part = 1").write.option("partitionOverwriteMode", "dynamic")
    overwrite.mode("overwrite").partitionBy("part").format(form).save(folder)

try:
    table(fail, attempts=100).write.parquet(f"{to}/given-up")
except Exception as error:
    print(f"given up, as it should be: {error}")

spark.stop()
