"""A job of which much is said: cores, memory, instances, properties, environment, image or version."""

import json
import sys

from sparkplatform import SparkPlatform

path, output, wish, value = sys.argv[1:]
platform = SparkPlatform()
manifest = platform.default_manifest()
manifest.name = f"overridden-{wish.replace('_', '-')}"
setattr(manifest, wish, value)
manifest.executor.cores = 2
manifest.executor.core_request = "200m"
manifest.executor.memory = "600m"
manifest.driver.memory = "700m"
manifest.spark_conf["spark.sql.shuffle.partitions"] = 3
manifest.env["STAGE"] = "test"
manifest.arguments = [output, "a b", 7]
job = platform.run(manifest, path)
print(json.dumps({"id": job.id}), flush=True)

job.wait()
print(json.dumps({"id": job.id, "state": job.state}))
