"""A manifest says at once what cannot be right, and becomes what the API takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sparkplatform import InvalidManifest, Manifest
from sparkplatform._attributes import by_attribute
from sparkplatform.errors import Violation

recorded = json.loads((Path(__file__).with_name("contract") / "manifest.json").read_text())


@pytest.fixture
def manifest() -> Manifest:
    """The platform's defaults, as `default_manifest` has them."""
    return Manifest.from_dict(recorded["job"], recorded["cluster"]["sparkVersions"])


def test_unchanged_it_is_the_platforms_own(manifest: Manifest) -> None:
    given = {name: value for name, value in recorded["job"].items() if value != {}}
    assert manifest.to_dict() == given
    assert Manifest.from_dict(manifest.to_dict()).to_dict() == given


def test_names_are_the_apis_on_the_way(manifest: Manifest) -> None:
    manifest.executor.memory_overhead = "1g"
    manifest.dependencies.py_files.append("s3a://data/code/lib.zip")
    secrets: Any = {"PASSWORD": {"secret": "warehouse", "key": "password"}}
    manifest.secret_env = secrets
    content = manifest.to_dict()
    assert content["executor"]["memoryOverhead"] == "1g"
    assert content["dependencies"] == {"pyFiles": ["s3a://data/code/lib.zip"]}
    assert content["secretEnv"] == {"PASSWORD": {"secret": "warehouse", "key": "password"}}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda it: setattr(it.executor, "instances", 0), "instances"),
        (lambda it: setattr(it.executor, "instances", "4"), "instances"),
        (lambda it: setattr(it.driver, "memory", "4 GB"), "memory"),
        (lambda it: setattr(it, "spark_version", "2.4.0"), "spark_version"),
        (lambda it: setattr(it.restart, "policy", "Sometimes"), "policy"),
        (lambda it: setattr(it, "time_to_live_seconds", 5), "time_to_live_seconds"),
    ],
)
def test_a_wrong_value_is_refused_as_it_is_set(
    manifest: Manifest, change: Callable[[Manifest], None], path: str
) -> None:
    before = manifest.to_dict()
    with pytest.raises(InvalidManifest) as refused:
        change(manifest)
    assert [each.path for each in refused.value.violations] == [path]
    assert manifest.to_dict() == before


def test_a_name_that_does_not_exist_is_told_the_one_that_was_meant(manifest: Manifest) -> None:
    with pytest.raises(AttributeError, match="did you mean 'instances'"):
        manifest.executor.instance = 4
    with pytest.raises(AttributeError, match="stack file"):
        manifest.schedule = "@daily"


def test_what_was_put_into_a_mapping_is_checked_when_it_goes(manifest: Manifest) -> None:
    many: Any = ["many"]
    manifest.spark_conf["spark.sql.shuffle.partitions"] = many
    manifest.arguments.append(many)
    with pytest.raises(InvalidManifest) as refused:
        manifest.to_dict()
    found = {each.path.split(".")[0] for each in refused.value.violations}
    assert found == {"sparkConf", "arguments"}


def test_a_secret_value_is_in_no_repr_and_no_error(manifest: Manifest) -> None:
    manifest.env["PASSWORD"] = "hunter2"
    assert "hunter2" not in repr(manifest)
    wrong: Any = ["hunter2"]
    manifest.env["PASSWORD"] = wrong
    with pytest.raises(InvalidManifest) as refused:
        manifest.to_dict()
    assert "hunter2" not in str(refused.value)


def test_dynamic_allocation_takes_the_place_of_a_number(manifest: Manifest) -> None:
    wish: Any = {"max_executors": 5}
    manifest.dynamic_allocation = wish
    content = manifest.to_dict()
    assert content["dynamicAllocation"] == {"maxExecutors": 5}
    assert "instances" not in content["executor"]


def test_a_policy_drops_what_it_does_not_look_at(manifest: Manifest) -> None:
    manifest.restart.policy = "Never"
    assert manifest.to_dict()["restart"] == {"policy": "Never"}


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidManifest) as refused:
        Manifest.from_dict({"nme": "x", "executor": {"cores": "two"}, "driver": {"memory": "1"}})
    assert sorted(each.path for each in refused.value.violations) == [
        "driver.memory",
        "executor.cores",
        "nme",
    ]
    assert "3 problems" in str(refused.value)


@pytest.mark.parametrize(
    ("place", "attribute"),
    [
        ("job.executor.memoryOverhead", "executor.memory_overhead"),
        ("job.sparkConf.spark.sql.maxPlan", "spark_conf.spark.sql.maxPlan"),
        ("job.dynamicAllocation.minExecutors", "dynamic_allocation.min_executors"),
        ("namespace", "namespace"),
        ("code", "code"),
    ],
)
def test_what_the_gateway_refuses_has_the_attributes_name(place: str, attribute: str) -> None:
    assert by_attribute(Violation(place, "is wrong", "right")).path == attribute
