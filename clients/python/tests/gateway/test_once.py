"""A job runs once, whatever happens to the answer."""

from __future__ import annotations

from pathlib import Path

from lossy import lossy_way
from served import ServedGateway

from sparkplatform import SparkPlatform


def test_a_lost_answer_makes_no_second_job(gateway: ServedGateway, name: str, tmp_path: Path) -> None:
    program = tmp_path / "report.py"
    program.write_text("print(1)\n")
    with (
        lossy_way(gateway.api, losses=2) as way,
        SparkPlatform(way.url, token=gateway.pair(name)["accessToken"]) as platform,
    ):
        job = platform.run(platform.default_manifest(), program)
        job.wait()
        assert [each.id for each in platform.jobs()] == [job.id]
    assert len(way.keys) == 3
    assert len(set(way.keys)) == 1


def test_one_key_is_one_job(user: SparkPlatform, tmp_path: Path) -> None:
    program = tmp_path / "report.py"
    program.write_text("print(1)\n")
    first, second = (
        user.run(user.default_manifest(), program, idempotency_key="nightly-2026-11-24") for _ in range(2)
    )
    assert first.id == second.id
