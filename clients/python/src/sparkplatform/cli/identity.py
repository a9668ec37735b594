"""``identity``: an admin sees which person a client is in the pages, and separates the two."""

from __future__ import annotations

import click

from .output import local_time, print_json, print_table, remark
from .platform_options import json_option, open_platform, platform_options


@click.group()
def identity() -> None:
    """List and remove the links between clients and the people who visit the pages."""


@identity.command("list")
@json_option
@platform_options
def list_identities(as_json: bool, url: str | None, ca: str | None) -> None:
    """List the clients that are linked to a person. For admins.

    \b
    Example:
      sparkplatform identity list
    """
    with open_platform(url, ca) as platform:
        found = platform.identities()
    if as_json:
        print_json([item.to_dict() for item in found])
        return
    print_table(
        ("CLIENT", "ISSUER", "SUBJECT", "LINKED"),
        [(item.client_name, item.issuer, item.subject, local_time(item.linked_at)) for item in found],
    )


@identity.command()
@click.argument("client_name", metavar="CLIENT")
@json_option
@platform_options
def unlink(client_name: str, as_json: bool, url: str | None, ca: str | None) -> None:
    """Remove a client's link to a person. For admins.

    Whoever next visits the pages with the client's name as a verified e-mail address is linked to it.

    \b
    Example:
      sparkplatform identity unlink alice@example.org
    """
    with open_platform(url, ca) as platform:
        removed = platform.unlink_identity(client_name)
    if as_json:
        print_json(removed.to_dict())
        return
    remark(f"{removed.client_name} is no longer {removed.subject} at {removed.issuer}.")
