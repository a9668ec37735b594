"""``login``, ``logout`` and ``whoami``. Tokens come from a prompt or standard input alone."""

from __future__ import annotations

import sys

import click

from .output import print_fields, print_json, remark
from .platform_options import json_option, open_platform, platform_options


@click.command()
@json_option
@platform_options
def login(as_json: bool, url: str | None, ca: str | None) -> None:
    """Keep a token for the platform, so that nothing needs it again.

    The token is a register token, as an admin makes it, or a refresh token. It is asked for without being
    shown, or read from standard input. It is kept in a file that only you can read, and renewed by itself.

    \b
    Examples:
      sparkplatform login --url https://api.spark.example.org
      sparkplatform login --url https://api.spark.example.org --ca company-ca.pem < token.txt
    """
    token = _read_token()
    with open_platform(url, ca) as platform:
        platform.login(token)
        who = platform.whoami()
    if as_json:
        print_json(who.to_dict())
    else:
        remark(f"Logged in as {who.name} ({who.role}).")


@click.command()
@json_option
@platform_options
def logout(as_json: bool, url: str | None, ca: str | None) -> None:
    """Revoke the token that is kept for the platform, and forget it."""
    with open_platform(url, ca) as platform:
        platform.logout()
    if as_json:
        print_json({"loggedOut": True})
    else:
        remark("Logged out.")


@click.command()
@json_option
@platform_options
def whoami(as_json: bool, url: str | None, ca: str | None) -> None:
    """Tell whom the platform takes you for."""
    with open_platform(url, ca) as platform:
        who = platform.whoami()
    if as_json:
        print_json(who.to_dict())
        return
    namespaces = "all" if who.namespaces is None else ", ".join(who.namespaces)
    print_fields([("name", who.name), ("role", who.role), ("namespaces", namespaces)])


def _read_token() -> str:
    if sys.stdin.isatty():
        token: str = click.prompt("Token", hide_input=True, err=True)
    else:
        token = sys.stdin.readline()
    token = token.strip()
    if not token:
        raise click.UsageError("There is no token on standard input.")
    return token
