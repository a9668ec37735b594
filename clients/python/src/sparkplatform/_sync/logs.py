# Generated from _async/logs.py by scripts/generate_sync.py: do not edit.
"""A log, line by line: as it is, or followed over whatever breaks in between."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._sleep import sync_sleep
from .transport import Again

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from .transport import Transport

#: Silence after which a stream is broken, in seconds: the gateway gives a sign of life each 15.
_silence = 40.0
#: Until the gateway is back, seconds without a single event.
_patience = 300.0


@dataclass(frozen=True)
class Told:
    """What a stream tells. ``line``: of the log. ``state``: of the job, while its log is waited for."""

    line: str | None = None
    state: str | None = None


@dataclass
class Place:
    """How far a log was read. ``last``: the id of the last line; None: none yet."""

    last: str | None = None


@dataclass
class _Event:
    """A server-sent event as it comes: https://html.spec.whatwg.org/multipage/server-sent-events.html"""

    id: str | None = None
    name: str = "line"
    data: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "id":
            self.id = value
        elif name == "event":
            self.name = value
        elif name == "data":
            self.data.append(value)


def whole(transport: Transport, job_id: str, pod: str) -> Iterator[str]:
    """The lines that there are now. Raises GatewayUnreachable where the connection breaks among them."""
    try:
        with ExitStack() as stack:
            for attempt in transport.attempts():
                with attempt:
                    stream = transport.stream(
                        f"/applications/{job_id}/logs",
                        params={"pod": pod, "follow": "false"},
                        headers={"accept": "text/plain"},
                        read_timeout=transport.settings.timeout,
                    )
                    response = stack.enter_context(stream)
            for line in _lines(response):
                yield line
    except Again as again:
        raise again.error from None


def follow(
    transport: Transport, job_id: str, pod: str, deadline: float | None, place: Place
) -> Iterator[Told]:
    """Each line once, after ``place``, to the end of the pod; a stream that breaks is opened again where it was.

    ``deadline``: on the monotonic clock; it ends there without a word. Raises what is the matter where that is so for
    5 minutes, such as GatewayUnreachable, and at once what another try would not change.
    """
    alive = time.monotonic()
    while True:
        pause = 0.5
        after = {} if place.last is None else {"last-event-id": place.last}
        headers = {"accept": "text/event-stream", **after}
        silence = _silence if deadline is None else min(_silence, max(deadline - time.monotonic(), 0.01))
        try:
            with transport.stream(
                f"/applications/{job_id}/logs", params={"pod": pod}, headers=headers, read_timeout=silence
            ) as response:
                event = _Event()
                # Not by a library: those keep signs of life to themselves, and the deadline is looked at with each.
                for text in _lines(response):
                    alive = time.monotonic()
                    if deadline is not None and alive >= deadline:
                        return
                    if text.startswith(":") and deadline is not None and deadline - alive < silence:
                        # The next sign of life may come after the deadline: the same stream, with less patience.
                        pause = 0
                        break
                    if text:
                        event.add(text)
                        continue
                    if event.name == "end":
                        return
                    if event.name == "state":
                        yield Told(state=json.loads("\n".join(event.data))["state"])
                    elif event.data:
                        place.last = event.id or place.last
                        yield Told(line="\n".join(event.data))
                    event = _Event()
        except Again as again:
            now = time.monotonic()
            if deadline is not None and now >= deadline:
                return
            if now - alive > _patience:
                raise again.error from None
            pause = pause if again.after is None else again.after
        sync_sleep(pause if deadline is None else max(min(pause, deadline - time.monotonic()), 0))


def _lines(response: httpx.Response) -> Iterator[str]:
    """Not httpx's: those end at form feeds and other characters, too, which a log may have in the middle of a line."""
    begun: list[str] = []
    for text in response.iter_text():
        *ended, rest = text.split("\n")
        for each in ended:
            yield "".join([*begun, each])
            begun = []
        begun.append(rest)
    if last := "".join(begun):
        yield last
