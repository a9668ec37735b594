"""Writes a line a second to its log, for so long that what is short-lived ends before it."""

import time

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
for number in range(90):
    print("hello", number, spark.range(10).count(), flush=True)
    time.sleep(1)
spark.stop()
