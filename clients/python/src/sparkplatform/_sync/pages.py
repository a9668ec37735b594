# Generated from _async/pages.py by scripts/generate_sync.py: do not edit.
"""Lists that come page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..models import Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .transport import Transport


def pages(transport: Transport, path: str, params: Mapping[str, Any] | None = None) -> Iterator[Any]:
    """The items of all pages, each page asked for when the one before is used up."""
    cursor: dict[str, str] = {}
    while True:
        page = Page.of(transport.call("GET", path, params={**(params or {}), **cursor}))
        for item in page.items:
            yield item
        if not page.next_cursor:
            return
        cursor = {"cursor": page.next_cursor}
