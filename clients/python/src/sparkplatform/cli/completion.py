"""Completes job ids in the shell, by one call of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from .platform_options import open_platform

if TYPE_CHECKING:
    import click

MOST = 50
ACTIVE = ("QUEUED", "SUBMITTED", "PENDING", "RUNNING", "RETRYING", "SUSPENDED", "UNKNOWN")


def complete_job(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The newest jobs that begin with what was typed."""
    return _jobs(ctx, incomplete, None)


def complete_active_job(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The newest of those that have not ended."""
    return _jobs(ctx, incomplete, ACTIVE)


def _jobs(ctx: click.Context, incomplete: str, state: tuple[str, ...] | None) -> list[CompletionItem]:
    from sparkplatform.errors import SparkPlatformError

    try:
        with open_platform(ctx.params.get("url"), ctx.params.get("ca")) as platform:
            jobs = list(platform.jobs(state=state, limit=MOST))
    except SparkPlatformError:
        # A line that is being typed is no place for an error; the command itself will tell it.
        return []
    return [
        CompletionItem(job.id, help=f"{job.name} {job.state}")
        for job in jobs
        if job.id.startswith(incomplete)
    ]
