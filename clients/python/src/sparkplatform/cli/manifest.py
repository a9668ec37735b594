"""``manifest``: what a job has by default, and what may be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from .output import print_fields, print_json
from .platform_options import json_option, open_platform, platform_options


@click.command()
@click.option("--schema", is_flag=True, help="Print the JSON Schema of what may be said of a job.")
@click.option("--cluster", metavar="NAME", help="Which cluster; default: the only one there is.")
@json_option
@platform_options
def manifest(schema: bool, cluster: str | None, as_json: bool, url: str | None, ca: str | None) -> None:
    """Print what a job has by default.

    \b
    Examples:
      sparkplatform manifest
      sparkplatform manifest --json > job.json    # for: sparkplatform run job.py --manifest job.json
      sparkplatform manifest --schema
    """
    with open_platform(url, ca) as platform:
        if schema:
            print_json(platform.manifest_schema(cluster))
            return
        content = platform.default_manifest(cluster).to_dict()
    if as_json:
        print_json(content)
    else:
        print_fields(list(_flat(content)))


def _flat(content: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
