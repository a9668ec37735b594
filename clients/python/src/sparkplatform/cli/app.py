"""The command ``sparkplatform`` and what is below it."""

from __future__ import annotations

import click

from .ending import cancel, delete
from .failures import Group
from .identity import identity
from .jobs import events, list_jobs, status
from .login import login, logout, whoami
from .logs import logs
from .manifest import manifest
from .run import run
from .token import token


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="sparkplatform")
def app() -> None:
    """Run Spark jobs on the platform, from anywhere.

    \b
    First:
      sparkplatform login --url https://api.spark.example.org
      sparkplatform run job.py

    \b
    Exit codes: 0 done, 1 the job failed or was cancelled, 2 the command, its settings or the manifest are wrong,
    3 the token is not accepted, 4 not found or not allowed, 5 the platform cannot be reached, 130 Ctrl-C.

    \b
    Completion, for bash (zsh and fish likewise):
      eval "$(_SPARKPLATFORM_COMPLETE=bash_source sparkplatform)"
    """


for command in (
    login,
    logout,
    whoami,
    run,
    list_jobs,
    status,
    logs,
    events,
    cancel,
    delete,
    manifest,
    token,
    identity,
):
    app.add_command(command)
