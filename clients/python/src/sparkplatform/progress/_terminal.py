"""A line at the foot of the terminal that tells the state, below the job's log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from ._base import Watched, describe, elapsed

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class TerminalProgress:
    """The state and the time since the start, live; lines of the log run by above it."""

    def __init__(self, log: TextIO, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._log = log
        self._started = time.monotonic()
        self._id = ""
        self._state = "…"
        self._spinner = Spinner("dots")
        # Lines go through the console where they are seen (below); nothing else is to be caught.
        self._live = Live(
            console=self._console,
            get_renderable=self._render,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()
        if self._id:
            took = elapsed(time.monotonic() - self._started)
            self._console.print(Text(f"{self._id} {self._state} after {took}", style="dim"))

    def update(self, job: Watched) -> None:
        state = describe(job)
        if (self._id, self._state) != (job.id, state):
            self._id, self._state = job.id, state
            self._live.refresh()

    def line(self, text: str) -> None:
        if self._log.isatty():
            # Above the live line. Colours stay, and what else a log might do to a terminal does not.
            self._console.print(Text.from_ansi(text), soft_wrap=True)
        else:
            print(text, file=self._log, flush=True)

    def _render(self) -> Spinner:
        took = elapsed(time.monotonic() - self._started)
        self._spinner.update(
            text=Text(f"{self._id} {self._state}  {took}", overflow="ellipsis", no_wrap=True)
        )
        return self._spinner
