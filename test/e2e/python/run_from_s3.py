"""The third line, for code in S3."""

import json
import sys

from sparkplatform import SparkPlatform

platform = SparkPlatform()
manifest = platform.default_manifest()
manifest.main_file = sys.argv[1]
manifest.arguments = sys.argv[2:]
job = platform.run(manifest)

job.wait()
print(json.dumps({"id": job.id, "state": job.state}))
