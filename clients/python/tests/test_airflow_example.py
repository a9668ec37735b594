"""The example DAG, against as much of Airflow as it uses."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from fake_gateway import FakeGateway
from gateway_samples import ACCESS

from sparkplatform import JobFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

EXAMPLE = Path(__file__).parents[1] / "examples" / "airflow_dag.py"


class FakeDag:
    def __init__(self, dag_id: str, **_: object) -> None:
        self.dag_id = dag_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class FakeOperator:
    def __init__(self, task_id: str) -> None:
        self.task_id = task_id


class Wired:
    """A task in a DAG: a call of it wires it, and ``function`` is what runs."""

    def __init__(self, function: object) -> None:
        self.function = function

    def __call__(self, *_: object) -> None:
        pass


class FakeTask:
    def __call__(self, function: object) -> Wired:
        return Wired(function)

    def sensor(self, **_: object) -> type[Wired]:
        return Wired


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGateway]:
    with FakeGateway() as running:
        monkeypatch.setenv("SPARKPLATFORM_URL", running.url)
        yield running


@pytest.fixture
def dag(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The example as a module."""
    sdk = ModuleType("airflow.sdk")
    for name, value in {
        "DAG": FakeDag,
        "BaseOperator": FakeOperator,
        "Context": dict,
        "PokeReturnValue": SimpleNamespace,
        "get_current_context": lambda: context(1),
        "task": FakeTask(),
    }.items():
        setattr(sdk, name, value)
    monkeypatch.setitem(sys.modules, "airflow", ModuleType("airflow"))
    monkeypatch.setitem(sys.modules, "airflow.sdk", sdk)
    monkeypatch.setenv("SPARKPLATFORM_TOKEN", ACCESS)
    monkeypatch.setenv("SPARKPLATFORM_CONFIG_DIR", str(tmp_path))
    spec = importlib.util.spec_from_file_location("airflow_dag", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def context(attempt: int) -> dict[str, object]:
    instance = SimpleNamespace(
        dag_id="spark_report", task_id="report", run_id="manual__1", try_number=attempt
    )
    return {"ds": "2026-11-24", "ti": instance}


def test_the_task_has_the_log_and_ends_as_the_job(
    dag: ModuleType, gateway: FakeGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dag.ReportOperator(task_id="report").execute(context(1)) == "alice-1"
    assert "first line\nsecond line\n" in capsys.readouterr().out
    job = gateway.submitted(0)
    assert job["arguments"] == ["2026-11-24"]
    executor = job["executor"]
    assert isinstance(executor, dict)
    assert executor["instances"] == 4


@pytest.mark.usefixtures("gateway")
def test_a_task_that_is_tried_again_finds_its_job(dag: ModuleType) -> None:
    operator = dag.ReportOperator(task_id="report")
    assert [operator.execute(context(attempt)) for attempt in (1, 2, 3)] == ["alice-1"] * 3


def test_after_a_failure_the_next_try_runs_a_new_job(dag: ModuleType, gateway: FakeGateway) -> None:
    operator = dag.ReportOperator(task_id="report")
    gateway.outcome = "FAILED"
    with pytest.raises(JobFailed, match="ran out of memory"):
        operator.execute(context(1))
    gateway.outcome = "SUCCEEDED"
    assert operator.execute(context(2)) == "alice-2"


def test_a_task_that_is_killed_cancels_its_job(dag: ModuleType, gateway: FakeGateway) -> None:
    operator = dag.ReportOperator(task_id="report")
    gateway.add_job("alice-1")
    operator.job_id = "alice-1"
    operator.on_kill()
    assert gateway.jobs["alice-1"]["state"] == "CANCELLED"


def test_what_is_polled_is_submitted_and_left(dag: ModuleType, gateway: FakeGateway) -> None:
    assert dag.start.function() == "alice-1"
    assert not gateway.log_was_read.is_set()


def test_the_sensor_waits_and_says_why_a_job_failed(dag: ModuleType, gateway: FakeGateway) -> None:
    gateway.add_job("alice-1", "RUNNING")
    assert dag.ended.function("alice-1").is_done is False
    gateway.add_job("alice-1", "SUCCEEDED")
    assert dag.ended.function("alice-1").is_done is True
    gateway.add_job("alice-1", "FAILED")
    with pytest.raises(JobFailed):
        dag.ended.function("alice-1")
