"""The job of these examples: counts words. It runs on the platform, where there is Spark."""

from operator import add

from pyspark.sql import SparkSession

TEXT = ["the quick brown fox", "jumps over the lazy dog", "the end"]

if __name__ == "__main__":
    spark = SparkSession.builder.appName("word-count").getOrCreate()
    words = spark.sparkContext.parallelize(TEXT, 2).flatMap(str.split)
    for word, count in sorted(words.map(lambda word: (word, 1)).reduceByKey(add).collect()):
        print(word, count)
    spark.stop()
