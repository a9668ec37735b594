"""The two lines: a file or a folder, with all that a job has by default."""

import json
import sys

from sparkplatform import SparkPlatform

platform = SparkPlatform()
job = platform.run(platform.default_manifest(), sys.argv[1])

job.wait()
print(json.dumps({"id": job.id, "state": job.state}))
