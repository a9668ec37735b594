"""Logs are read and followed as they are written, whatever becomes of the gateway in between."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from served import ServedGateway

from sparkplatform import Job, SparkPlatform

_begin = ["the driver starts", "hello 1", "hello 2", "hello 3"]
_end = "the driver ends"


@pytest.fixture
def held(user: SparkPlatform, tmp_path: Path) -> Job:
    """A job that runs until it is told to end."""
    program = tmp_path / "hold.py"
    program.write_text("input()\n")
    return user.run(user.default_manifest(), program)


def test_a_log_is_followed_across_a_restart_each_line_once(gateway: ServedGateway, held: Job) -> None:
    seen: list[str] = []
    for line in held.logs(follow=True):
        seen.append(line)
        if line == "hello 3":
            gateway.restart()
            gateway.say(held.id, "after the restart")
        if line == "after the restart":
            gateway.finish(held.id)
    assert seen == [*_begin, "after the restart", _end]


def test_a_wait_with_logs_goes_on_across_a_restart(
    gateway: ServedGateway, held: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in held.logs(follow=True):
        if line == "hello 3":
            break

    def disturb() -> None:
        gateway.restart()
        gateway.say(held.id, "after the restart")
        gateway.finish(held.id)

    disturbance = threading.Thread(target=disturb)
    disturbance.start()
    held.wait(timeout=60, logs=True)
    disturbance.join()
    assert held.state == "SUCCEEDED"
    lines = capsys.readouterr().out.splitlines()
    for line in [*_begin, "after the restart", _end]:
        assert len([each for each in lines if each.endswith(line)]) == 1, lines


def test_the_log_of_an_executor(user: SparkPlatform, tmp_path: Path) -> None:
    program = tmp_path / "plain.py"
    program.write_text("print(1)\n")
    job = user.run(user.default_manifest(), program)
    job.wait()
    assert list(job.logs(executor=1)) == ["the executor starts"]
    assert list(job.logs()) == [*_begin, _end]


def test_events_and_history_tell_what_happened(user: SparkPlatform, tmp_path: Path) -> None:
    program = tmp_path / "plain.py"
    program.write_text("print(1)\n")
    job = user.run(user.default_manifest(), program)
    job.wait()
    assert "Scheduled" in [event.reason for event in job.events()]
    states = [change.state for change in job.history()]
    assert (states[0], states[-1]) == ("QUEUED", "SUCCEEDED")
