"""The command line as the tests call it, in their own process."""

from __future__ import annotations

from click.testing import CliRunner, Result
from gateway_samples import SECRETS

from sparkplatform.cli.app import app

#: The program `job.py`, which is in the folder of whoever has the fixture `gateway`.
JOB = "print('done')\n"


def call(*arguments: str, stdin: str | None = None) -> Result:
    """Runs a command; no token shows in anything that it prints, whatever it is."""
    result = CliRunner().invoke(app, arguments, input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if arguments[:2] != ("token", "create"):
        assert not [secret for secret in SECRETS if secret in result.output]
    return result
