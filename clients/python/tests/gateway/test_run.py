"""What is submitted is what the cluster gets."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from served import ServedGateway

from sparkplatform import InvalidManifest, SparkPlatform


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "report.py"
    path.write_text("print('hello')\n")
    return path


def test_two_lines_run_a_file(gateway: ServedGateway, user: SparkPlatform, program: Path) -> None:
    manifest = user.default_manifest()
    job = user.run(manifest, program)

    job.wait()
    assert (job.state, job.name, job.namespace) == ("SUCCEEDED", "report", gateway.namespace)
    assert gateway.code(job.id) == {"report.py": "print('hello')\n"}
    assert job.ui_url == f"https://spark.test:30443/ui/{gateway.namespace}/{job.id}/"


def test_the_third_line_runs_code_in_s3(gateway: ServedGateway, user: SparkPlatform) -> None:
    manifest = user.default_manifest()
    manifest.main_file = "s3a://bucket/code/nightly_report.py"
    job = user.run(manifest)

    job.wait()
    application = gateway.application(job.id)
    assert application is not None
    assert application["spec"]["mainApplicationFile"] == "s3a://bucket/code/nightly_report.py"
    assert job.name == "nightly-report"


def test_a_folder_goes_with_its_modules(gateway: ServedGateway, user: SparkPlatform, tmp_path: Path) -> None:
    folder = tmp_path / "pipeline"
    for path, text in {
        "main.py": "import lib.words\n",
        "lib/__init__.py": "",
        "lib/words.py": "x = 1\n",
        "lib/__pycache__/words.pyc": "compiled",
        ".git/config": "secret",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    job = user.run(user.default_manifest(), folder)

    job.wait()
    application = gateway.application(job.id)
    assert application is not None
    assert application["spec"]["mainApplicationFile"].endswith("/main.py")
    assert gateway.code(job.id) == {"main.py": "import lib.words\n"}
    assert gateway.modules(job.id) == {"lib/__init__.py", "lib/words.py"}


def test_a_file_of_5_mb_is_uploaded(gateway: ServedGateway, user: SparkPlatform, tmp_path: Path) -> None:
    large = tmp_path / "large.py"
    large.write_bytes(b"text = '" + b"x" * 5_000_000 + b"'\n")
    for _ in range(2):
        job = user.run(user.default_manifest(), large)
        job.wait()
    application = gateway.application(job.id)
    assert application is not None
    key = f"code/uploads/{hashlib.sha256(large.read_bytes()).hexdigest()}.py"
    assert application["spec"]["mainApplicationFile"] == f"s3a://platform/{key}"
    assert gateway.stored(key) == large.stat().st_size


def test_everything_can_be_overridden(gateway: ServedGateway, user: SparkPlatform, program: Path) -> None:
    manifest = user.default_manifest()
    manifest.name = "overridden"
    manifest.image = "team/app:1.4.0"
    manifest.spark_version = "3.5.8"
    manifest.driver.cores = 2
    manifest.driver.memory = "2g"
    manifest.executor.cores = 3
    manifest.executor.instances = 4
    manifest.executor.memory = "4g"
    manifest.executor.core_limit = "3500m"
    manifest.spark_conf["spark.sql.shuffle.partitions"] = 7
    manifest.env["STAGE"] = "test"
    manifest.arguments = ["s3a://data/in/", 100, True]
    manifest.dependencies.py_files = ["s3a://data/code/lib.zip"]
    manifest.labels["example.com/cost-centre"] = "finance"
    manifest.time_to_live_seconds = 700
    job = user.run(manifest, program)

    job.wait()
    application = gateway.application(job.id)
    assert application is not None
    spec = application["spec"]
    assert spec["image"] == "registry.test/team/app:1.4.0"
    assert spec["sparkVersion"] == "3.5.8"
    assert spec["arguments"] == ["s3a://data/in/", "100", "true"]
    assert spec["sparkConf"]["spark.sql.shuffle.partitions"] == "7"
    assert (spec["driver"]["cores"], spec["driver"]["memory"]) == (2, "2g")
    executor = spec["executor"]
    assert (executor["cores"], executor["instances"], executor["memory"]) == (3, 4, "4g")
    assert executor["coreLimit"] == "3500m"
    assert executor["envVars"]["STAGE"] == spec["driver"]["envVars"]["STAGE"] == "test"
    assert "s3a://data/code/lib.zip" in spec["deps"]["pyFiles"]
    assert spec["timeToLiveSeconds"] == 700
    assert application["metadata"]["labels"]["example.com/cost-centre"] == "finance"
    assert job.manifest.executor.instances == 4


def test_an_unchanged_manifest_is_the_platforms_own_default(
    gateway: ServedGateway, user: SparkPlatform, program: Path
) -> None:
    ours = gateway.application(user.run(user.default_manifest(), program).id)
    code = {"file": {"name": "report.py", "text": program.read_text()}}
    bare = gateway.application(gateway.submit({"name": "report"}, code))
    assert ours is not None
    assert bare is not None
    for part in ("driver", "executor", "sparkConf", "restartPolicy", "timeToLiveSeconds"):
        assert without_names(ours, part) == without_names(bare, part)


def without_names(application: dict[str, object], part: str) -> str:
    metadata, spec = application["metadata"], application["spec"]
    assert isinstance(metadata, dict)
    assert isinstance(spec, dict)
    return repr(spec.get(part)).replace(metadata["name"], "NAME")


def test_all_that_is_wrong_is_said_at_once_before_anything_runs(user: SparkPlatform, program: Path) -> None:
    manifest = user.default_manifest()
    manifest.arguments = ["x"] * 3
    manifest.env["AWS_REGION"] = "nowhere"
    manifest.spark_conf["spark.kubernetes.namespace"] = "other"
    with pytest.raises(InvalidManifest) as caught:
        user.run(manifest, program)
    assert len(caught.value.violations) == 2
    assert "AWS_REGION" in str(caught.value)
    assert "spark.kubernetes.namespace" in str(caught.value)
    assert list(user.jobs()) == []
