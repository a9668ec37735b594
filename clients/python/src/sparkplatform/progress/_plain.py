"""Lines, for where there is no terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

from ._base import Watched, describe

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class PlainProgress:
    """A line with its time for each change of the state, and each line of the log as it is."""

    def __init__(self, log: TextIO, states: TextIO) -> None:
        self._log = log
        self._states = states
        self._said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._log.flush()

    def update(self, job: Watched) -> None:
        said = f"{job.id} {describe(job)}"
        if said == self._said:
            return
        self._said = said
        print(f"{time.strftime('%H:%M:%S')} {said}", file=self._states, flush=True)

    def line(self, text: str) -> None:
        # Each at once: whoever follows a job in CI wants to see where it hangs.
        print(text, file=self._log, flush=True)
