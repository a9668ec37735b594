"""A small computation with a shuffle, whose answer is checked."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
counts = spark.range(1_000_000).selectExpr("id % 100 AS key").groupBy("key").count().collect()
if len(counts) != 100 or {row["count"] for row in counts} != {10_000}:
    raise SystemExit(f"wrong: {counts}")
spark.stop()
