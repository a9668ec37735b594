"""Prints the ten most frequent words of a text in S3. The file itself lies in S3, too.

Arguments: the text's URI.
"""

import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("top-words").getOrCreate()
lines = spark.read.text(sys.argv[1]).rdd.map(lambda row: row.value)
counts = lines.flatMap(str.split).map(lambda word: (word, 1)).reduceByKey(lambda left, right: left + right)
for word, count in counts.takeOrdered(10, key=lambda pair: (-pair[1], pair[0])):
    print(f"{count:5} {word}")
spark.stop()
