"""The displays say what a job does, and lose no line of its log."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import pytest
from rich.console import Console

from sparkplatform.progress import elapsed, show_progress
from sparkplatform.progress._base import describe
from sparkplatform.progress._plain import PlainProgress
from sparkplatform.progress._terminal import TerminalProgress


@dataclass
class FakeJob:
    id: str = "alice-1"
    state: str = "QUEUED"
    reason: str | None = None
    queue_position: int | None = None


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


LINES = [f"line {number} [bold]not markup[/bold]" for number in range(200)]


def test_plain_says_each_change_once_with_its_time() -> None:
    log, states = io.StringIO(), io.StringIO()
    with PlainProgress(log, states) as progress:
        progress.update(FakeJob(queue_position=3))
        progress.update(FakeJob(queue_position=3))
        progress.update(FakeJob(queue_position=2))
        progress.update(FakeJob(state="RUNNING"))
    said = states.getvalue().splitlines()
    assert [line.split(" ", 1)[1] for line in said] == [
        "alice-1 QUEUED, place 3",
        "alice-1 QUEUED, place 2",
        "alice-1 RUNNING",
    ]
    assert all(len(line.split(" ")[0].split(":")) == 3 for line in said)


def test_plain_keeps_the_log_apart_from_the_states() -> None:
    log, states = io.StringIO(), io.StringIO()
    with PlainProgress(log, states) as progress:
        progress.update(FakeJob(state="RUNNING"))
        for line in LINES:
            progress.line(line)
    assert log.getvalue().splitlines() == LINES


def test_terminal_shows_every_line_of_the_log_above_the_state() -> None:
    screen = FakeTerminal()
    console = Console(file=screen, force_terminal=True, width=40, color_system=None)
    long = "x" * 300
    with TerminalProgress(FakeTerminal(), console) as progress:
        progress.update(FakeJob(state="RUNNING"))
        for line in [*LINES, long, "", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07"]:
            progress.line(line)
    shown = screen.getvalue()
    assert [line for line in LINES if line not in shown] == []
    assert long in shown
    assert "red" in shown
    assert "\x1b]0;" not in shown, "a log must not steer the reader's terminal"
    assert "alice-1 RUNNING after 0:00" in shown


def test_terminal_leaves_a_redirected_log_as_it_is() -> None:
    log = io.StringIO()
    console = Console(file=FakeTerminal(), force_terminal=True)
    with TerminalProgress(log, console) as progress:
        progress.line("\x1b[31mred\x1b[0m")
    assert log.getvalue() == "\x1b[31mred\x1b[0m\n"


@pytest.mark.parametrize(
    ("variables", "live"), [({}, True), ({"CI": "true"}, False), ({"TERM": "dumb"}, False)]
)
def test_the_display_fits_where_it_runs(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], live: bool
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", FakeTerminal())
    assert isinstance(show_progress(), TerminalProgress if live else PlainProgress)


def test_without_a_terminal_there_are_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(show_progress(), PlainProgress)


def test_words() -> None:
    assert describe(FakeJob(state="FAILED", reason="out of memory")) == "FAILED: out of memory"
    assert [elapsed(seconds) for seconds in (7.9, 750, 3723)] == ["0:07", "12:30", "1:02:03"]
