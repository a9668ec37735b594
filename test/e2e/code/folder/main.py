"""A main file and a package beside it, which the executors import, too."""

import sys

from pyspark.sql import SparkSession

from shapes.square import square

spark = SparkSession.builder.getOrCreate()
squares = spark.sparkContext.parallelize(range(1, 11), 2).map(square).collect()
spark.createDataFrame([(n,) for n in squares], ["square"]).coalesce(1).write.mode("overwrite").csv(sys.argv[1])
spark.stop()
