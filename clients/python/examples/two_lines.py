"""Runs a job. The platform's address and the token are from the last `sparkplatform login`."""

from pathlib import Path

from sparkplatform import SparkPlatform

JOB = Path(__file__).with_name("word_count.py")

if __name__ == "__main__":
    platform = SparkPlatform()
    platform.run(platform.default_manifest(), JOB).wait(logs=True)
