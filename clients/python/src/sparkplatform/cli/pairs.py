"""Options of the form ``NAME=VALUE``."""

from __future__ import annotations

import click


def pair(text: str) -> tuple[str, object]:
    """``NAME=VALUE``; the value may be empty and may have more of ``=``."""
    return _split(text, "NAME=VALUE")


def secret_pair(text: str) -> tuple[str, object]:
    """``NAME=SECRET/KEY``: a variable, and the key of a secret that it has its value from."""
    form = "NAME=SECRET/KEY"
    name, source = _split(text, form)
    secret, _, key = source.partition("/")
    if not secret or not key:
        raise click.BadParameter(f"it has the form {form}")
    return name, {"secret": secret, "key": key}


def _split(text: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        # Not the text itself: what stands here may be a secret that lacks its name.
        raise click.BadParameter(f"it has the form {form}")
    return name, value
