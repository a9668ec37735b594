"""A log that is followed: line by line, over whatever breaks in between."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from .._failures import unreachable
from .._sleep import async_sleep
from ..errors import GatewayUnreachable, TooManyRequests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .transport import AsyncTransport

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


async def follow(
    transport: AsyncTransport, job_id: str, pod: str, deadline: float | None
) -> AsyncIterator[Told]:
    """Each line once, from the first to the last; a stream that breaks is opened again after the last line seen.

    ``deadline``: on the monotonic clock; it ends there without a word. Raises GatewayUnreachable where the gateway
    stays away for 5 minutes.
    """
    last: str | None = None
    alive = time.monotonic()
    while True:
        try:
            headers = {"accept": "text/event-stream", **({} if last is None else {"last-event-id": last})}
            silence = _silence if deadline is None else min(_silence, max(deadline - time.monotonic(), 0.01))
            async with transport.stream(
                f"/applications/{job_id}/logs", params={"pod": pod}, headers=headers, read_timeout=silence
            ) as response:
                event = _Event()
                # Not by a library: those keep signs of life to themselves, and the deadline is looked at with each.
                async for text in response.aiter_lines():
                    alive = time.monotonic()
                    if deadline is not None and alive >= deadline:
                        return
                    if text:
                        event.add(text)
                        continue
                    if event.name == "end":
                        return
                    if event.name == "state":
                        yield Told(state=json.loads("\n".join(event.data))["state"])
                    elif event.data:
                        last = event.id or last
                        yield Told(line="\n".join(event.data))
                    event = _Event()
        except (httpx.TransportError, GatewayUnreachable, TooManyRequests) as error:
            if deadline is not None and time.monotonic() >= deadline:
                return
            if time.monotonic() - alive > _patience:
                raise _told(error, transport) from None
        await async_sleep(0.5)


def _told(error: Exception, transport: AsyncTransport) -> Exception:
    return unreachable(error, transport.settings.ca) if isinstance(error, httpx.TransportError) else error
