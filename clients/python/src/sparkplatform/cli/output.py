"""What commands print: JSON and columns on standard output, remarks on standard error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def print_json(value: object) -> None:
    """A whole value, indented."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_json_line(value: object) -> None:
    """One of many values, as a line of its own (NDJSON)."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns that are aligned, and never cut: what is printed may be copied, or go into another program."""
    cells = [list(header), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for row in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_fields(fields: Sequence[tuple[str, object]]) -> None:
    """One thing: a line for each of its fields that has a value."""
    present = [(name, _text(value)) for name, value in fields if value is not None and value != ""]
    width = max((len(name) for name, _ in present), default=0)
    for name, value in present:
        click.echo(f"{name.ljust(width)}  {value}")


def local_time(time: datetime | None) -> str | None:
    """A time as the reader's clock has it, to the second."""
    return None if time is None else f"{time.astimezone():%Y-%m-%d %H:%M:%S}"


def remark(text: str) -> None:
    """What is said beside the result."""
    click.echo(text, err=True)


def _text(value: object) -> str:
    return "-" if value is None or value == "" else " ".join(str(value).split())
