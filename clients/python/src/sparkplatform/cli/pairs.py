"""Options of the form ``NAME=VALUE``."""

from __future__ import annotations

import click


def _split(text: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        # Not the text itself: what stands here may be a secret that lacks its name.
        raise click.BadParameter(f"it has the form {form}")
    return name, value


class Pair(click.ParamType):
    """``NAME=VALUE``, as a tuple; the value may be empty and may have more of ``=``."""

    name = "pair"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        return _split(str(value), "NAME=VALUE")


class SecretPair(click.ParamType):
    """``NAME=SECRET/KEY``: a variable, and the key of a secret that it has its value from."""

    name = "secret"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, dict[str, str]]:
        form = "NAME=SECRET/KEY"
        name, source = _split(str(value), form)
        secret, _, key = source.partition("/")
        if not secret or not key:
            raise click.BadParameter(f"it has the form {form}")
        return name, {"secret": secret, "key": key}
