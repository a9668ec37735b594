"""``run``: submits a program and follows it to its end."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .failures import EXIT_INTERRUPTED
from .manifest_options import apply_options, manifest_options
from .output import print_json, remark
from .platform_options import json_option, open_platform, platform_options

if TYPE_CHECKING:
    from sparkplatform import Job, Manifest, SparkPlatform


@click.command()
@click.argument("program", metavar="FILE|FOLDER|s3a://…|local:///…")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGUMENT]...")
@click.option("--detach", is_flag=True, help="Print the job's id once it is accepted, and do not follow it.")
@click.option("--dry-run", is_flag=True, help="Check everything, submit nothing.")
@click.option(
    "--manifest",
    "manifest_file",
    metavar="FILE.json",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Start from this manifest, as `sparkplatform manifest --json` prints it, not from the defaults.",
)
@click.option("--cluster", metavar="NAME", help="Which cluster; default: the only one there is.")
@manifest_options
@json_option
@platform_options
@click.pass_context
def run(
    ctx: click.Context,
    /,
    program: str,
    arguments: tuple[str, ...],
    detach: bool,
    dry_run: bool,
    manifest_file: Path | None,
    cluster: str | None,
    as_json: bool,
    url: str | None,
    ca: str | None,
    **fields: object,
) -> None:
    """Run a program, and follow its log until it ends.

    A local file or folder goes up with the job. The exit code is the job's: 0 where it succeeded, 1 where it
    did not. Ctrl-C leaves the job running, and says how to follow or cancel it.

    \b
    Examples:
      sparkplatform run job.py
      sparkplatform run job.py --executors 4 --executor-memory 4g -- s3a://data/in/ 100
      sparkplatform run s3a://data/code/job.py --env STAGE=test --conf spark.sql.shuffle.partitions=64
      sparkplatform run ./project --detach
      sparkplatform run job.py --dry-run
    With --json, the job is printed as JSON, and its log goes to standard error.
    """
    with open_platform(url, ca) as platform:
        manifest = _load(manifest_file) if manifest_file else platform.default_manifest(cluster)
        apply_options(manifest, fields)
        if arguments:
            manifest.arguments = list(arguments)
        code: str | None = program
        if program.startswith(("s3a://", "local:///")):
            manifest.main_file, code = program, None
        if dry_run:
            _check(platform, manifest, code, as_json)
            return
        job = platform.run(manifest, code)
        if detach:
            _print_submitted(job, as_json)
            return
        try:
            _follow(job, as_json)
        except KeyboardInterrupt:
            remark(
                f"\n{job.id} goes on running.\n"
                f"  follow it:  sparkplatform logs {job.id} --follow\n"
                f"  cancel it:  sparkplatform cancel {job.id}"
            )
            ctx.exit(EXIT_INTERRUPTED)


def _load(file: Path) -> Manifest:
    from sparkplatform import Manifest

    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.BadParameter(f"{file} is not JSON: {error}", param_hint="--manifest") from error
    return Manifest.from_dict(content)


def _check(platform: SparkPlatform, manifest: Manifest, code: str | None, as_json: bool) -> None:
    platform.validate(manifest, code)
    if as_json:
        print_json(manifest.to_dict())
    else:
        remark("The job is right. Nothing was submitted.")


def _print_submitted(job: Job, as_json: bool) -> None:
    if as_json:
        print_json(job.to_dict())
    else:
        # The id alone, so that a script can take it.
        click.echo(job.id)


def _follow(job: Job, as_json: bool) -> None:
    from sparkplatform.progress import show_progress

    try:
        with show_progress(sys.stderr if as_json else sys.stdout) as progress:
            job.wait(logs=True, progress=progress)
    finally:
        if as_json:
            print_json(job.to_dict())
