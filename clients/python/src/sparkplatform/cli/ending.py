"""``cancel`` and ``delete``."""

from __future__ import annotations

import click

from .completion import complete_active_job, complete_job
from .output import print_json, remark
from .platform_options import json_option, open_platform, platform_options


@click.command()
@click.argument("job_id", metavar="ID", shell_complete=complete_active_job)
@json_option
@platform_options
def cancel(job_id: str, as_json: bool, url: str | None, ca: str | None) -> None:
    """Cancel a job. One that has ended stays as it ended, and is no error.

    \b
    Example:
      sparkplatform cancel alice-3f7k2m5q4x6d
    """
    with open_platform(url, ca) as platform:
        job = platform.job(job_id)
        job.cancel()
    if as_json:
        print_json(job.to_dict())
    else:
        remark(f"{job.id} is {job.state}")


@click.command()
@click.argument("job_id", metavar="ID", shell_complete=complete_job)
@json_option
@platform_options
def delete(job_id: str, as_json: bool, url: str | None, ca: str | None) -> None:
    """Delete a job that has ended: it is not listed any more, and its log is gone for you.

    \b
    Example:
      sparkplatform delete alice-3f7k2m5q4x6d
    """
    with open_platform(url, ca) as platform:
        job = platform.job(job_id)
        job.delete()
    if as_json:
        print_json({"id": job.id, "deleted": True})
    else:
        remark(f"{job.id} is deleted")
