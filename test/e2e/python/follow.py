"""Runs a file and writes its log as it comes."""

import sys

from sparkplatform import SparkPlatform

platform = SparkPlatform()
job = platform.run(platform.default_manifest(), sys.argv[1])
for line in job.logs(follow=True):
    print(line, flush=True)
