"""Makes the platform's bucket ready: the bucket, its markers, its policy and its first objects.

Runs in our Spark image under spark-submit, which gives it the AWS SDK for Java that S3A uses itself: one client
library in the image, and what works here works for the jobs. Whatever is there already stays as it is.
"""

import json
import pathlib
import sys

from py4j.java_gateway import is_instance_of
from py4j.protocol import Py4JJavaError
from pyspark.java_gateway import launch_gateway

gateway = launch_gateway()
jvm = gateway.jvm
sdk = jvm.software.amazon.awssdk
model = sdk.services.s3.model


def client(plan):
    builder = sdk.services.s3.S3Client.builder().region(sdk.regions.Region.of(plan["region"]))
    if "endpoint" in plan:
        builder = builder.endpointOverride(jvm.java.net.URI.create(plan["endpoint"]))
    return builder.forcePathStyle(plan["pathStyle"]).build()


def status_of(error):
    """The HTTP status of a failed call; None where there was no answer."""
    failure = error.java_exception
    answered = is_instance_of(gateway, failure, "software.amazon.awssdk.core.exception.SdkServiceException")
    return failure.statusCode() if answered else None


def make_bucket(s3, bucket):
    try:
        s3.headBucket(model.HeadBucketRequest.builder().bucket(bucket).build())
        return
    except Py4JJavaError as error:
        if status_of(error) != 404:
            raise
    s3.createBucket(model.CreateBucketRequest.builder().bucket(bucket).build())


def put(s3, bucket, key, text):
    request = model.PutObjectRequest.builder().bucket(bucket).key(key).build()
    s3.putObject(request, sdk.core.sync.RequestBody.fromString(text))


def set_up(plan):
    s3, bucket = client(plan), plan["bucket"]
    make_bucket(s3, bucket)
    for marker in plan["markers"]:
        put(s3, bucket, marker, "")
    for key, text in plan["objects"].items():
        put(s3, bucket, key, text)
    if "policy" in plan:
        policy = json.dumps(plan["policy"])
        s3.putBucketPolicy(model.PutBucketPolicyRequest.builder().bucket(bucket).policy(policy).build())
    print(f"bucket {bucket}: ready")


def advice(plan, error):
    place = plan.get("endpoint", f"S3 in {plan['region']}")
    status = status_of(error)
    if status is None:
        return f"the store at {place} does not answer: check storage.endpoint, and that pods can reach it"
    if status in (401, 403):
        return (
            f"the store at {place} refused the admin keys (HTTP {status}): check storage.keys.admin, "
            f"and that it may create and write bucket {plan['bucket']}"
        )
    return f"{place} answered HTTP {status}: check that storage.endpoint is an S3 store"


if __name__ == "__main__":
    steps = json.loads(pathlib.Path(__file__).with_name("plan.json").read_text())
    try:
        set_up(steps)
    except Py4JJavaError as failed:
        message = f"{advice(steps, failed)}. {failed.java_exception.getMessage()}"
        pathlib.Path("/dev/termination-log").write_text(message)
        sys.exit(message)
