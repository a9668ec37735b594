"""What most jobs do: a shuffle, a join, a function in Python, and a file that is written and read."""

import tempfile

from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()
rows = spark.range(1000).selectExpr("id % 10 AS key", "id AS value")
counts = rows.groupBy("key").count().withColumn("twice", udf(lambda count: 2 * count, "long")("count"))
with tempfile.TemporaryDirectory() as folder:
    counts.join(rows, "key").write.parquet(f"{folder}/rows")
    assert spark.read.parquet(f"{folder}/rows").where("twice = 200").count() == 1000
spark.stop()
