"""Errors as one readable text on standard error, and an exit code that scripts can tell apart."""

from __future__ import annotations

import click

from sparkplatform import errors

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_AUTHENTICATION = 3
EXIT_REFUSED = 4
EXIT_UNREACHABLE = 5
EXIT_INTERRUPTED = 130

EXIT_CODES: tuple[tuple[type[errors.SparkPlatformError], int], ...] = (
    (errors.InvalidManifest, EXIT_USAGE),
    (errors.AuthenticationError, EXIT_AUTHENTICATION),
    (errors.PermissionDenied, EXIT_REFUSED),
    (errors.NotFound, EXIT_REFUSED),
    (errors.GatewayUnreachable, EXIT_UNREACHABLE),
    (errors.CertificateError, EXIT_UNREACHABLE),
)


def exit_code(error: errors.SparkPlatformError) -> int:
    """What the command ends with."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), EXIT_FAILED)


class Group(click.Group):
    """A group whose commands may raise what the library raises."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command, and ends as its error says."""
        try:
            return super().invoke(ctx)
        except errors.SparkPlatformError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(exit_code(error))
        except KeyboardInterrupt:
            ctx.exit(EXIT_INTERRUPTED)
