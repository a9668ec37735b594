"""``token``: an admin lets clients in, and whoever has tokens revokes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from .output import local_time, print_json, print_table, remark
from .platform_options import json_option, open_platform, platform_options

if TYPE_CHECKING:
    from sparkplatform.models import RegisterToken, Role, TokenFamily


UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def duration(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """Seconds, from ``90``, ``90s``, ``15m``, ``12h`` or ``30d``."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,9})([smhd]?)", text)
    if match is None:
        raise click.BadParameter(f"{text!r} is not a time such as 90s, 15m, 12h or 30d")
    return int(match[1]) * UNITS[match[2]]


@click.group()
def token() -> None:
    """Make, list and revoke tokens."""


@token.command()
@click.argument("client_name", metavar="CLIENT")
@click.option("--role", type=click.Choice(["user", "admin"]), default="user", show_default=True)
@click.option("--access-ttl", callback=duration, metavar="15m", help="How long an access token lives.")
@click.option("--refresh-ttl", callback=duration, metavar="30d", help="How long the client may stay away.")
@click.option(
    "--namespace", "namespaces", multiple=True, metavar="NAME", help="Limit it to this one; may be repeated."
)
@json_option
@platform_options
def create(
    client_name: str,
    role: Role,
    access_ttl: int | None,
    refresh_ttl: int | None,
    namespaces: tuple[str, ...],
    as_json: bool,
    url: str | None,
    ca: str | None,
) -> None:
    """Make a register token for a client: its user gives it to `sparkplatform login`, once.

    The token alone is printed to standard output, this once. For admins.

    \b
    Examples:
      sparkplatform token create alice@example.org
      sparkplatform token create nightly-report --access-ttl 15m --refresh-ttl 7d
      sparkplatform token create nightly-report --namespace analytics
    """
    with open_platform(url, ca) as platform:
        made = platform.create_register_token(client_name, access_ttl, refresh_ttl, role, namespaces or None)
    if as_json:
        print_json(made.to_dict())
        return
    remark(f"For {made.client_name} ({made.role}), once, until {local_time(made.expires_at)}:")
    click.echo(made.register_token)


@token.command("list")
@click.option("--register", is_flag=True, help="List register tokens; for admins.")
@json_option
@platform_options
def list_tokens(register: bool, as_json: bool, url: str | None, ca: str | None) -> None:
    """List who is let in: your own tokens, or everybody's for admins. No token itself is shown.

    \b
    Examples:
      sparkplatform token list
      sparkplatform token list --register
    """
    with open_platform(url, ca) as platform:
        found: list[RegisterToken | TokenFamily] = []
        found.extend(platform.register_tokens() if register else platform.tokens())
    if as_json:
        print_json([item.to_dict() for item in found])
        return
    print_table(
        ("ID", "CLIENT", "ROLE", "NAMESPACES", "STATUS", "CREATED", "EXPIRES"),
        [_row(item) for item in found],
    )


def _row(item: RegisterToken | TokenFamily) -> tuple[object, ...]:
    created, expires = local_time(item.created_at), local_time(item.expires_at)
    namespaces = "all" if item.namespaces is None else ",".join(item.namespaces)
    return (item.id, item.client_name, item.role, namespaces, item.status, created, expires)


@token.command()
@click.argument("token_id", metavar="ID")
@json_option
@platform_options
def revoke(token_id: str, as_json: bool, url: str | None, ca: str | None) -> None:
    """Revoke tokens, by an id from `token list`. They end at once.

    \b
    Example:
      sparkplatform token revoke 4f0c2f6e-6f0e-4a53-b6a7-1f5a0f9f3a57
    """
    with open_platform(url, ca) as platform:
        revoked = platform.revoke(token_id)
    if as_json:
        print_json(revoked.to_dict())
        return
    remark(f"{revoked.families} logins and {revoked.register_tokens} register tokens are revoked.")
