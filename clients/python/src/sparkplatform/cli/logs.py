"""``logs``: what a job's driver or one of its executors has written."""

from __future__ import annotations

import click

from .completion import complete_job
from .output import print_json_line
from .platform_options import json_option, open_platform, platform_options


@click.command()
@click.argument("job_id", metavar="ID", shell_complete=complete_job)
@click.option("-f", "--follow", is_flag=True, help="Go on until the job ends; Ctrl-C leaves the job alone.")
@click.option(
    "--executor", type=click.IntRange(1), metavar="N", help="This executor's, in place of the driver's."
)
@json_option
@platform_options
def logs(
    job_id: str, follow: bool, executor: int | None, as_json: bool, url: str | None, ca: str | None
) -> None:
    """Print a job's log, also once its pods are gone.

    \b
    Examples:
      sparkplatform logs alice-3f7k2m5q4x6d
      sparkplatform logs alice-3f7k2m5q4x6d --follow
      sparkplatform logs alice-3f7k2m5q4x6d --executor 1
    With --json, each line is an object of its own.
    """
    with open_platform(url, ca) as platform:
        for line in platform.job(job_id).logs(follow=follow, executor=executor):
            if as_json:
                print_json_line({"line": line})
            else:
                click.echo(line)
