"""How each command finds the platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from sparkplatform import SparkPlatform

Command = TypeVar("Command", bound=Callable[..., object])


def platform_options(command: Command) -> Command:
    """Adds ``--url`` and ``--ca``, which come in as the parameters ``url`` and ``ca``."""
    url = click.option(
        "--url", metavar="URL", help="The platform's API; default: SPARKPLATFORM_URL, or where you logged in."
    )
    ca = click.option(
        "--ca",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False),
        help="Certificates (PEM) to trust besides the system's; default: SPARKPLATFORM_CA.",
    )
    return url(ca(command))


def json_option(command: Command) -> Command:
    """Adds ``--json``, which comes in as the parameter ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def open_platform(url: str | None, ca: str | None) -> SparkPlatform:
    """The platform that was named, or the one that the environment or the last login names."""
    # Here, since `--help` and completion need no HTTP client.
    from sparkplatform import SparkPlatform

    return SparkPlatform(url, ca=ca)
