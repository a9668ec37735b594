"""Writes what the job was given: arguments, environment and properties."""

import json
import os
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
executor = spark.sparkContext.parallelize([0], 1).map(lambda _: os.environ.get("STAGE")).first()
seen = {
    "arguments": sys.argv[2:],
    "stage": os.environ.get("STAGE"),
    "stage on the executor": executor,
    "password": os.environ.get("PASSWORD"),
    "partitions": spark.conf.get("spark.sql.shuffle.partitions"),
    "version": spark.version,
}
spark.createDataFrame([(json.dumps(seen),)], ["json"]).coalesce(1).write.mode("overwrite").text(sys.argv[1])
spark.stop()
