# Generated from _async/job.py by scripts/generate_sync.py: do not edit.
"""A job that was submitted."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from .._sleep import sync_sleep
from ..errors import JobCancelled, JobFailed, NotFound, SparkPlatformError, WaitTimeout
from ..manifest import Manifest
from ..models import Application, Event, Reason, StateChange, event_of, final_states
from .logs import Place, Told, follow, whole
from .pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ..progress import Progress
    from .transport import Transport

#: Seconds between looks at a job that is waited for: the first, and at the most.
_look, _longest_look = 0.5, 5.0
#: What a job that ends as the time to wait for it does has to show the rest of its log, in seconds.
_parting = 30.0


class Job:
    """A job, as it was when somebody looked last: `refresh`, `wait` and `cancel` look again.

    Do not make one yourself: `platform.run`, `platform.job` and `platform.jobs` do.
    """

    def __init__(self, transport: Transport, application: Application) -> None:
        self._transport = transport
        self._application = application

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.state}>"

    @property
    def id(self) -> str:
        """Its name for the platform, and in the cluster."""
        return self._application.id

    @property
    def name(self) -> str:
        """The name in its manifest."""
        return self._application.name

    @property
    def namespace(self) -> str:
        """Where it runs."""
        return self._application.namespace

    @property
    def cluster(self) -> str:
        """The cluster in which it runs."""
        return self._application.cluster

    @property
    def owner(self) -> str:
        """Who has submitted it."""
        return self._application.owner

    @property
    def state(self) -> str:
        """One of `sparkplatform.models.State`: QUEUED, SUBMITTED, PENDING, RUNNING, … SUCCEEDED, FAILED, CANCELLED."""
        return self._application.state

    @property
    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.state in final_states

    @property
    def reason(self) -> Reason | None:
        """Why it is in this state, with a hint what to do; None where there is no more to say."""
        message = self._application.reason
        return None if message is None else Reason(message=message, hint=self._application.hint)

    @property
    def queue_position(self) -> int | None:
        """Its place among all that wait, from 1; None where it does not wait."""
        return self._application.queue_position

    @property
    def spark_version(self) -> str:
        """The version of Spark that it runs on."""
        return self._application.spark_version

    @property
    def attempts(self) -> int:
        """Runs so far."""
        return self._application.attempts

    @property
    def submitted_at(self) -> datetime:
        """When it was submitted."""
        return self._application.submitted_at

    @property
    def started_at(self) -> datetime | None:
        """When it began to run."""
        return self._application.started_at

    @property
    def ended_at(self) -> datetime | None:
        """When it ended."""
        return self._application.ended_at

    @property
    def ui_url(self) -> str | None:
        """Spark's pages of it, for a browser: the driver's while it runs, the History Server's afterwards."""
        return self._application.ui_url

    @property
    def manifest(self) -> Manifest:
        """What was submitted, to be run again or changed.

        Raises SparkPlatformError for a job of a list, which does not have it: `refresh` that first.
        """
        if not self._application.job:
            raise SparkPlatformError(
                f"{self.id} comes from a list, which has no manifests: job.refresh() first"
            )
        return Manifest.from_dict({**self._application.job, "namespace": self.namespace})

    def to_dict(self) -> dict[str, Any]:
        """All that is known of it, with the API's names."""
        return self._application.to_dict()

    def refresh(self) -> Job:
        """Looks again, and answers itself."""
        self._application = Application.of(self._transport.call("GET", f"/applications/{self.id}"))
        return self

    def wait(
        self,
        timeout: float | None = None,
        *,
        logs: bool = False,
        progress: Progress | None = None,
        check: bool = True,
    ) -> Job:
        """Returns itself when it has ended.

        ``timeout``: seconds; None: as long as it takes. ``logs``: shows the driver's log meanwhile, on standard output;
        where the job has ended and the time is over before its log was read, the rest as well, for up to 30 s.
        ``progress``: shows how it gets on; where ``logs`` is set, by default what fits this terminal or notebook.
        ``check``: whether it is an error when the job does not succeed.

        Raises JobFailed, JobCancelled, or WaitTimeout: the job then goes on.
        """
        began = time.monotonic()
        deadline = None if timeout is None else began + timeout
        with ExitStack() as stack:
            if logs and progress is None:
                from ..progress import show_progress

                progress = stack.enter_context(show_progress(sys.stdout))
            place = Place()
            if logs and progress is not None:
                self._show_log(progress, deadline, place)
            was_cut = deadline is not None and time.monotonic() >= deadline
            pause = _look
            while not (self.refresh()).done:
                if progress is not None:
                    progress.update(self)
                left = pause if deadline is None else deadline - time.monotonic()
                if left <= 0:
                    raise WaitTimeout(self.id, self.state, timeout or 0)
                sync_sleep(min(pause, left))
                pause = min(pause * 1.5, _longest_look)
            if logs and progress is not None and was_cut:
                self._show_log(progress, time.monotonic() + _parting, place)
            if progress is not None:
                progress.update(self)
        if check and self.state == "FAILED":
            raise JobFailed(self.id, self.reason)
        if check and self.state == "CANCELLED":
            raise JobCancelled(self.id)
        return self

    def _show_log(self, progress: Progress, deadline: float | None, place: Place) -> None:
        progress.update(self.refresh())
        running = False
        try:
            for told in self._followed("driver", deadline, place):
                # A driver that begins to write runs; after another state, it is another driver.
                if told.line is None or not running:
                    progress.update(self.refresh())
                running = told.line is not None
                if told.line is not None:
                    progress.line(told.line)
        except NotFound:
            # It ended without a log, or its log is gone: its state tells the rest.
            return

    def _followed(self, pod: str, deadline: float | None, place: Place) -> Iterator[Told]:
        """A log after ``place`` to its end; the driver's to the job's, since one that is run again has another."""
        while True:
            try:
                for told in follow(self._transport, self.id, pod, deadline, place):
                    yield told
            except NotFound:
                if place.last is None:
                    raise
            late = deadline is not None and time.monotonic() >= deadline
            if pod != "driver" or late or (self.refresh()).done:
                return
            sync_sleep(_look)

    def logs(self, *, follow: bool = False, executor: int | None = None) -> Iterator[str]:
        """The lines of the driver's log, or of an executor's by its number, from the first on.

        ``follow``: waits for more until the job has ended, over restarts of the gateway and lost connections, and gives
        each line once, of each run of a job that is tried again. The log is there after the job has gone, too.
        """
        pod = "driver" if executor is None else f"executor-{executor}"
        if follow:
            for told in self._followed(pod, None, Place()):
                if told.line is not None:
                    yield told.line
            return
        for line in whole(self._transport, self.id, pod):
            yield line

    def events(self) -> list[Event]:
        """What happened to it, the oldest first: its states, and what Kubernetes tells."""
        path = f"/applications/{self.id}/events"
        return [event_of(each) for each in pages(self._transport, path)]

    def history(self) -> list[StateChange]:
        """The states that it was in, first to last."""
        self.refresh()
        return self._application.states

    def cancel(self) -> Job:
        """Cancels it. One that has ended stays as it ended, and is no error."""
        cancelled = Application.of(self._transport.call("POST", f"/applications/{self.id}:cancel"))
        self._application = cancelled.model_copy(update={"job": self._application.job})
        return self

    def delete(self) -> None:
        """Forgets it; only one that has ended can be forgotten. One that is forgotten already is no error."""
        # Such as by a try before, whose answer was lost.
        with suppress(NotFound):
            self._transport.call("DELETE", f"/applications/{self.id}")
