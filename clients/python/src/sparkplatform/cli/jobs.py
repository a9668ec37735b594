"""``list``, ``status`` and ``events``: what was submitted, and what has become of it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import click

from sparkplatform.progress import elapsed

from .completion import complete_job
from .output import local_time, print_fields, print_json, print_table
from .platform_options import json_option, open_platform, platform_options

if TYPE_CHECKING:
    from sparkplatform.models import ClusterEvent, StateEvent

STATES = (
    "QUEUED",
    "SUBMITTED",
    "PENDING",
    "RUNNING",
    "RETRYING",
    "SUSPENDED",
    "UNKNOWN",
    "CANCELLING",
    "SUCCEEDED",
    "FAILED",
    "CANCELLED",
)


@click.command("list")
@click.option(
    "--state",
    multiple=True,
    type=click.Choice(STATES, case_sensitive=False),
    help="Only those in this state; may be repeated.",
)
@click.option("--owner", help="Only this user's; for admins, who see everybody's.")
@click.option("--name", help="Only those with this name.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, the newest first."
)
@json_option
@platform_options
def list_jobs(
    state: tuple[str, ...],
    owner: str | None,
    name: str | None,
    limit: int,
    as_json: bool,
    url: str | None,
    ca: str | None,
) -> None:
    """List jobs, the newest first.

    \b
    Examples:
      sparkplatform list
      sparkplatform list --state RUNNING --state QUEUED
      sparkplatform list --name word-count --limit 1 --json
    """
    with open_platform(url, ca) as platform:
        jobs = list(platform.jobs(state=state or None, owner=owner, name=name, limit=limit))
    if as_json:
        print_json([job.to_dict() for job in jobs])
        return
    print_table(
        ("ID", "NAME", "STATE", "OWNER", "NAMESPACE", "SUBMITTED", "TOOK"),
        [
            (
                job.id,
                job.name,
                job.state,
                job.owner,
                job.namespace,
                local_time(job.submitted_at),
                _took(job.started_at, job.ended_at),
            )
            for job in jobs
        ],
    )


@click.command()
@click.argument("job_id", metavar="ID", shell_complete=complete_job)
@json_option
@platform_options
def status(job_id: str, as_json: bool, url: str | None, ca: str | None) -> None:
    """Tell what a job does, and why.

    \b
    Examples:
      sparkplatform status alice-3f7k2m5q4x6d
      sparkplatform status alice-3f7k2m5q4x6d --json | jq -r .state
    """
    with open_platform(url, ca) as platform:
        job = platform.job(job_id)
    if as_json:
        print_json(job.to_dict())
        return
    print_fields(
        [
            ("id", job.id),
            ("name", job.name),
            ("state", job.state),
            ("place", job.queue_position),
            ("reason", job.reason and job.reason.message),
            ("hint", job.reason and job.reason.hint),
            ("owner", job.owner),
            ("namespace", job.namespace),
            ("spark", job.spark_version),
            ("submitted", local_time(job.submitted_at)),
            ("started", local_time(job.started_at)),
            ("ended", local_time(job.ended_at)),
            ("pages", job.ui_url),
        ]
    )


@click.command()
@click.argument("job_id", metavar="ID", shell_complete=complete_job)
@json_option
@platform_options
def events(job_id: str, as_json: bool, url: str | None, ca: str | None) -> None:
    """List what happened to a job: its states, and Kubernetes' events.

    \b
    Example:
      sparkplatform events alice-3f7k2m5q4x6d
    """
    with open_platform(url, ca) as platform:
        happened = list(platform.job(job_id).events())
    if as_json:
        print_json([event.to_dict() for event in happened])
        return
    print_table(("TIME", "WHAT", "ABOUT", "MESSAGE"), [_event_row(event) for event in happened])


def _event_row(event: StateEvent | ClusterEvent) -> tuple[object, ...]:
    if event.type == "state":
        return (local_time(event.at), event.state, None, event.reason)
    return (local_time(event.at), event.reason, event.object, event.message)


def _took(started: datetime | None, ended: datetime | None) -> str | None:
    if started is None:
        return None
    return elapsed(((ended or datetime.now(timezone.utc)) - started).total_seconds())
