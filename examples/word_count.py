"""Counts the words of a text in S3 and writes the counts back as Parquet.

Arguments: the text's URI and the folder to write to.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, explode, lower, regexp_extract_all, lit

source, target = sys.argv[1:]
spark = SparkSession.builder.appName("word-count").getOrCreate()
words = spark.read.text(source).select(explode(regexp_extract_all(lower(col("value")), lit("([a-z']+)"))).alias("word"))
words.groupBy("word").count().write.mode("overwrite").parquet(target)
print(f"wrote {spark.read.parquet(target).count()} words to {target}")
spark.stop()
