"""Runs until somebody writes the object that its argument names; long enough to be disturbed."""

import sys
import time

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
path = spark._jvm.org.apache.hadoop.fs.Path(sys.argv[1])
store = path.getFileSystem(spark._jsc.hadoopConfiguration())
while not store.exists(path):
    time.sleep(1)
spark.stop()
