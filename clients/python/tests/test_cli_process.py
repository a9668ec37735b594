"""The command line as a process: signals, its start, and completion in the shell."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fake_gateway import FakeGateway
from gateway_samples import ACCESS, REGISTER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = (sys.executable, "-m", "sparkplatform")


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway() as running:
        yield running


@pytest.fixture
def environment(gateway: FakeGateway, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SPARKPLATFORM_URL": gateway.url,
        "SPARKPLATFORM_TOKEN": ACCESS,
        "SPARKPLATFORM_CONFIG_DIR": str(tmp_path),
    }


def test_ctrl_c_leaves_the_job_and_says_how_to_go_on(
    gateway: FakeGateway, environment: dict[str, str], tmp_path: Path
) -> None:
    gateway.may_end.clear()
    program = tmp_path / "job.py"
    program.write_text("print('done')\n")
    process = subprocess.Popen(
        [*COMMAND, "run", str(program)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "first line\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "sparkplatform logs alice-1 --follow" in said
    assert "sparkplatform cancel alice-1" in said
    assert "Traceback" not in said
    assert gateway.jobs["alice-1"]["state"] == "RUNNING"


def test_a_token_at_the_prompt_is_not_echoed(environment: dict[str, str]) -> None:
    del environment["SPARKPLATFORM_TOKEN"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [*COMMAND, "login"], environment)
    shown = b""
    while b"Token: " not in shown:
        shown += os.read(terminal, 1000)
    os.write(terminal, f"{REGISTER}\n".encode())
    # A terminal whose program has ended says so by an error.
    with contextlib.suppress(OSError):
        while True:
            shown += os.read(terminal, 1000)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, shown
    assert b"Logged in as alice@example.org" in shown
    assert REGISTER.encode() not in shown


def test_ids_are_completed_and_trouble_is_silent(gateway: FakeGateway, environment: dict[str, str]) -> None:
    gateway.add_job("alice-1", "RUNNING")
    gateway.add_job("alice-2", "SUCCEEDED")

    def completed(words: str, **changed: str) -> list[str]:
        asked = {"_SPARKPLATFORM_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "2"}
        result = subprocess.run(
            COMMAND, env={**environment, **asked, **changed}, capture_output=True, text=True, check=False
        )
        assert result.stderr == ""
        return result.stdout.split()

    assert completed("sparkplatform logs al") == ["plain,alice-1", "plain,alice-2"]
    assert completed("sparkplatform cancel al") == ["plain,alice-1"]
    assert completed("sparkplatform logs al", SPARKPLATFORM_URL="http://127.0.0.1:1") == []


def test_help_starts_no_http_client() -> None:
    code = (
        "import sys; from sparkplatform.cli.app import app; app(['--help'], standalone_mode=False);"
        "print(sorted({'httpx', 'pydantic', 'rich', 'filelock'} & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stderr == "[]\n"
