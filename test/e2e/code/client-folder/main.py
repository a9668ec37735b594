"""A main file and a package beside it, which the executors import, too; it needs no arguments."""

from pyspark.sql import SparkSession

from shapes.square import square

spark = SparkSession.builder.getOrCreate()
squares = spark.sparkContext.parallelize(range(1, 11), 2).map(square).collect()
assert squares == [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]
spark.stop()
