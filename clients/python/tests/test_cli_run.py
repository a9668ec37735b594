"""`run` on the command line: what it sends, what it prints, and how it exits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command import JOB, call

if TYPE_CHECKING:
    from fake_gateway import FakeGateway


def test_run_follows_the_log_and_exits_as_the_job(gateway: FakeGateway) -> None:
    result = call("run", "job.py")
    assert result.stdout.splitlines() == gateway.log
    assert "alice-1 SUCCEEDED" in result.stderr
    assert result.exit_code == 0
    assert gateway.submissions[0]["code"] == {"file": {"name": "job.py", "text": JOB}}


def test_run_of_a_job_that_fails_exits_with_1_and_says_why(gateway: FakeGateway) -> None:
    gateway.outcome = "FAILED"
    result = call("run", "job.py")
    assert result.exit_code == 1
    assert "the driver ran out of memory" in result.stderr
    assert "raise driver.memory" in result.stderr
    assert result.stdout.splitlines() == gateway.log


def test_run_in_s3_sends_no_code(gateway: FakeGateway) -> None:
    assert call("run", "s3a://data/code/job.py", "--name", "report").exit_code == 0
    assert "code" not in gateway.submissions[0]
    assert gateway.submitted(0)["mainFile"] == "s3a://data/code/job.py"


def test_detach_prints_the_id_alone(gateway: FakeGateway) -> None:
    result = call("run", "job.py", "--detach")
    assert result.stdout == "alice-1\n"
    assert not gateway.log_was_read.is_set()


def test_dry_run_submits_nothing(gateway: FakeGateway) -> None:
    result = call("run", "job.py", "--dry-run", "--json", "--executors", "3")
    assert json.loads(result.stdout)["executor"]["instances"] == 3
    assert gateway.submissions == []


@pytest.mark.usefixtures("gateway")
def test_json_of_run_is_the_ended_job_and_the_log_is_elsewhere() -> None:
    result = call("run", "job.py", "--json")
    assert json.loads(result.stdout)["state"] == "SUCCEEDED"
    assert "first line\nsecond line\n" in result.stderr


def test_what_the_manifest_refuses_is_a_usage_error(gateway: FakeGateway) -> None:
    result = call("run", "job.py", "--executor-memory", "much", "--executors", "0")
    assert result.exit_code == 2
    assert "2 problems" in result.stderr, "all that is wrong is told at once"
    assert "--executor-memory: " in result.stderr
    assert "--executors: " in result.stderr
    assert gateway.submissions == []


def test_a_manifest_from_a_file_is_where_it_starts_from(gateway: FakeGateway) -> None:
    content = json.loads(call("manifest", "--json").stdout)
    content |= {"name": "from-file", "env": {"A": "1"}}
    Path("job.json").write_text(json.dumps(content))
    assert call("run", "job.py", "--manifest", "job.json", "--env", "B=2").exit_code == 0
    job = gateway.submitted(0)
    assert (job["name"], job["env"]) == ("from-file", {"A": "1", "B": "2"})


OPTIONS = """
--name report --namespace analytics --spark-version 3.5.8 --image team/app:1.4.0
--executors 4 --executor-cores 2 --executor-memory 4g --executor-memory-overhead 1g
--executor-core-request 500m --executor-core-limit 2
--driver-cores 3 --driver-memory 2g --driver-memory-overhead 512m
--driver-core-request 1 --driver-core-limit 3
--conf spark.sql.shuffle.partitions=64 --conf spark.sql.ansi.enabled=true
--env STAGE=test --env QUERY=a=b --secret-env PASSWORD=database/password
--py-files s3a://data/code/lib.zip --jars s3a://data/code/udf.jar --jars s3a://data/code/other.jar
--files s3a://data/code/rates.csv --archives s3a://data/code/venv.tar.gz#venv
--restart Never --retries 1 --retry-interval 20 --submission-retries 2 --submission-retry-interval 30
--keep 7200 --label team=data
"""


def test_options_say_all_that_a_manifest_can(gateway: FakeGateway) -> None:
    result = call("run", "job.py", *OPTIONS.split(), "--", "s3a://data/in/", "--day", "1")
    assert result.exit_code == 0
    (sent,) = gateway.submissions
    assert sent["namespace"] == "analytics"
    assert sent["job"] == {
        "name": "report",
        "sparkVersion": "3.5.8",
        "image": "team/app:1.4.0",
        "arguments": ["s3a://data/in/", "--day", "1"],
        "executor": {
            "instances": 4,
            "cores": 2,
            "memory": "4g",
            "memoryOverhead": "1g",
            "coreRequest": "500m",
            "coreLimit": "2",
        },
        "driver": {
            "cores": 3,
            "memory": "2g",
            "memoryOverhead": "512m",
            "coreRequest": "1",
            "coreLimit": "3",
        },
        "sparkConf": {"spark.sql.shuffle.partitions": "64", "spark.sql.ansi.enabled": "true"},
        "env": {"STAGE": "test", "QUERY": "a=b"},
        "secretEnv": {"PASSWORD": {"secret": "database", "key": "password"}},
        "dependencies": {
            "pyFiles": ["s3a://data/code/lib.zip"],
            "jars": ["s3a://data/code/udf.jar", "s3a://data/code/other.jar"],
            "files": ["s3a://data/code/rates.csv"],
            "archives": ["s3a://data/code/venv.tar.gz#venv"],
        },
        "restart": {
            "policy": "Never",
            "retries": 1,
            "retryIntervalSeconds": 20,
            "submissionRetries": 2,
            "submissionRetryIntervalSeconds": 30,
        },
        "timeToLiveSeconds": 7200,
        "labels": {"team": "data"},
    }


def test_executors_as_spark_needs_them(gateway: FakeGateway) -> None:
    call("run", "job.py", "--min-executors", "1", "--max-executors", "5", "--initial-executors", "2")
    wanted = {"minExecutors": 1, "maxExecutors": 5, "initialExecutors": 2}
    assert gateway.submitted(0)["dynamicAllocation"] == wanted
    assert "instances" not in json.dumps(gateway.submitted(0))
    both = call("run", "job.py", "--executors", "2", "--max-executors", "5")
    assert both.exit_code == 2
    assert "--executors" in both.stderr


@pytest.mark.usefixtures("gateway")
@pytest.mark.parametrize(
    ("option", "text"), [("--env", "nonsense"), ("--env", "=nonsense"), ("--secret-env", "NAME=nonsense")]
)
def test_a_pair_that_lacks_a_part_is_refused_and_not_repeated(option: str, text: str) -> None:
    result = call("run", "job.py", option, text)
    assert result.exit_code == 2
    assert "NAME=" in result.stderr
    assert "nonsense" not in result.stderr
