"""Appends to a folder while another application does: the long write is under way when the short one begins and ends.

Arguments: the folder to append to, a folder for marks by which the two wait for each other, and `long` or `short`.
"""

import socket
import sys
import threading
import time

from pyspark.sql import SparkSession

ROWS = 1000

spark = SparkSession.builder.getOrCreate()
folder, marks, which = sys.argv[1:]
Path = spark._jvm.org.apache.hadoop.fs.Path
store = Path(marks).getFileSystem(spark._jsc.hadoopConfiguration())


def mark(name):
    store.create(Path(marks, name)).close()


def wait_for(name):
    while not store.exists(Path(marks, name)):
        time.sleep(0.2)


def append(partitions, first, hold=lambda: None):
    """The rows of each partition from `first` on; before those of the last one comes what holds it."""

    def rows(index, _):
        if index == partitions - 1:
            hold()
        for row in range(ROWS):
            yield (first + index * ROWS + row,)

    table = spark.sparkContext.parallelize([], partitions).mapPartitionsWithIndex(rows)
    spark.createDataFrame(table, "id long").write.mode("append").parquet(folder)


if which == "short":
    wait_for("under-way")
    append(1, 0)
    mark("ended")
else:
    # The last task calls the driver when all others are done, since there is one executor with one core.
    server = socket.create_server(("", 0))
    driver = (spark.conf.get("spark.driver.host"), server.getsockname()[1])

    def let_the_other_write():
        last_task, _ = server.accept()
        mark("under-way")
        wait_for("ended")
        last_task.close()

    threading.Thread(target=let_the_other_write, daemon=True).start()
    append(3, ROWS, lambda: socket.create_connection(driver).recv(1))

spark.stop()
