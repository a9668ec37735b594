"""Changes what a job has by default, and runs code that is in S3."""

from sparkplatform import JobFailed, SparkPlatform

if __name__ == "__main__":
    with SparkPlatform() as platform:
        manifest = platform.default_manifest()
        manifest.name = "nightly-report"
        manifest.main_file = "s3a://data/code/report.py"
        manifest.arguments = ["s3a://data/in/", "--day", "2026-11-24"]
        manifest.executor.instances = 4
        manifest.executor.memory = "4g"
        manifest.env["STAGE"] = "test"
        manifest.spark_conf["spark.sql.shuffle.partitions"] = 64
        job = platform.run(manifest)
        print(f"{job.id} is {job.state}")
        try:
            job.wait(logs=True)
        except JobFailed as failure:
            print(f"It failed: {failure}")
