"""One cell output that tells the state in place, above the job's log."""

from __future__ import annotations

import html
import time
from typing import TYPE_CHECKING, TextIO

from IPython.display import DisplayHandle, display

from ._base import Watched, describe, elapsed

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class NotebookProgress:
    """The state and the time since the start, renewed each time the job is looked at."""

    def __init__(self, log: TextIO) -> None:
        self._log = log
        self._started = time.monotonic()
        self._shown: DisplayHandle | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._log.flush()

    def update(self, job: Watched) -> None:
        took, state = elapsed(time.monotonic() - self._started), describe(job)
        content = {
            "text/plain": f"{job.id} {state} {took}",
            "text/html": f"<b>{html.escape(job.id)}</b> {html.escape(state)} <small>{took}</small>",
        }
        if self._shown is None:
            self._shown = display(content, raw=True, display_id=True)
        else:
            self._shown.update(content, raw=True)

    def line(self, text: str) -> None:
        print(text, file=self._log, flush=True)
