"""Lists that come page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from .transport import AsyncTransport


async def pages(
    transport: AsyncTransport, path: str, params: Mapping[str, Any] | None = None
) -> AsyncIterator[Any]:
    """The items of all pages, each page asked for when the one before is used up."""
    cursor: dict[str, str] = {}
    while True:
        page = await transport.call("GET", path, params={**(params or {}), **cursor})
        for item in page["items"]:
            yield item
        if not page.get("nextCursor"):
            return
        cursor = {"cursor": page["nextCursor"]}
