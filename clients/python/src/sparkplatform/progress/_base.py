"""What a display is told, and the words that all displays share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class Watched(Protocol):
    """What a display reads of a job, sync or async."""

    @property
    def id(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def reason(self) -> object | None:
        """Why it is in this state, as ``str`` says it; None: there is no more to say."""

    @property
    def queue_position(self) -> int | None:
        """Its place among all that wait, from 1; None: it does not wait."""


class Progress(Protocol):
    """What ``job.wait(progress=…)`` tells about a job. No method blocks or raises for what it is told."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def update(self, job: Watched) -> None:
        """The job was looked at: something may have changed, or nothing."""

    def line(self, text: str) -> None:
        """A line of the job's log, without its end."""


def describe(job: Watched) -> str:
    """A job's state in a few words: ``QUEUED, place 3``, ``FAILED: the driver ran out of memory``."""
    place = "" if job.queue_position is None else f", place {job.queue_position}"
    reason = "" if job.reason is None or not str(job.reason) else f": {job.reason}"
    return f"{job.state}{place}{reason}"


def elapsed(seconds: float) -> str:
    """A time as people read it: ``0:07``, ``12:30``, ``1:02:03``."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
