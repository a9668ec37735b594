"""An option of ``sparkplatform run`` for each field of the manifest, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import click

from sparkplatform.errors import InvalidManifest, Violation

from .pairs import pair, secret_pair

if TYPE_CHECKING:
    from sparkplatform import Manifest

Command = TypeVar("Command", bound=Callable[..., object])


@dataclass(frozen=True)
class Field:
    """One option and the manifest's attribute that it sets."""

    flag: str
    path: str
    """From the manifest, with dots."""
    type: type[int | str]
    help: str
    metavar: str | None = None
    many: bool = False
    """Whether it may be given several times; the list then replaces the one that is there."""
    parse: Callable[[str], tuple[str, object]] | None = None
    """Makes a pair of each text; pairs are added to those that are there."""
    choices: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        """What click calls its value."""
        return "field_" + self.path.replace(".", "_")


MEMORY = "2g|512m"
FILE = "s3a://…"

FIELDS = (
    Field("--name", "name", str, "The job's name; default: made of the program's."),
    Field("--namespace", "namespace", str, "Where to run; default: the only one there is."),
    Field("--spark-version", "spark_version", str, "One of the platform's Spark versions.", "4.0.4"),
    Field("--image", "image", str, "A Spark image of your own.", "team/app:1.4.0"),
    Field("--main-class", "main_class", str, "The class with the main method, for a .jar."),
    Field("--executors", "executor.instances", int, "How many executors."),
    Field("--executor-cores", "executor.cores", int, "CPU cores of an executor."),
    Field("--executor-memory", "executor.memory", str, "An executor's heap.", MEMORY),
    Field(
        "--executor-memory-overhead", "executor.memory_overhead", str, "What it has beside the heap.", MEMORY
    ),
    Field("--executor-core-request", "executor.core_request", str, "CPU that is set aside for it.", "500m"),
    Field("--executor-core-limit", "executor.core_limit", str, "CPU that it gets at most.", "1500m"),
    Field("--driver-cores", "driver.cores", int, "CPU cores of the driver."),
    Field("--driver-memory", "driver.memory", str, "The driver's heap.", MEMORY),
    Field("--driver-memory-overhead", "driver.memory_overhead", str, "What it has beside the heap.", MEMORY),
    Field("--driver-core-request", "driver.core_request", str, "CPU that is set aside for it.", "500m"),
    Field("--driver-core-limit", "driver.core_limit", str, "CPU that it gets at most.", "1500m"),
    Field(
        "--min-executors", "dynamic_allocation.min_executors", int, "Executors to keep; Spark asks for more."
    ),
    Field("--max-executors", "dynamic_allocation.max_executors", int, "Executors that Spark may ask for."),
    Field("--initial-executors", "dynamic_allocation.initial_executors", int, "Executors to start with."),
    Field(
        "--conf", "spark_conf", str, "A Spark property; may be repeated.", "KEY=VALUE", many=True, parse=pair
    ),
    Field(
        "--env", "env", str, "An environment variable; may be repeated.", "NAME=VALUE", many=True, parse=pair
    ),
    Field(
        "--secret-env",
        "secret_env",
        str,
        "One from a secret.",
        "NAME=SECRET/KEY",
        many=True,
        parse=secret_pair,
    ),
    Field("--py-files", "dependencies.py_files", str, "A Python module; may be repeated.", FILE, many=True),
    Field("--jars", "dependencies.jars", str, "A jar; may be repeated.", FILE, many=True),
    Field("--files", "dependencies.files", str, "A file to work with; may be repeated.", FILE, many=True),
    Field(
        "--archives",
        "dependencies.archives",
        str,
        "An archive to unpack; may be repeated.",
        f"{FILE}#name",
        many=True,
    ),
    Field(
        "--restart", "restart.policy", str, "When to run it again.", choices=("Never", "OnFailure", "Always")
    ),
    Field("--retries", "restart.retries", int, "Runs after one that failed."),
    Field("--retry-interval", "restart.retry_interval_seconds", int, "Before such a run.", "SECONDS"),
    Field("--submission-retries", "restart.submission_retries", int, "Tries before any code ran."),
    Field(
        "--submission-retry-interval",
        "restart.submission_retry_interval_seconds",
        int,
        "Before such a try.",
        "SECONDS",
    ),
    Field(
        "--keep", "time_to_live_seconds", int, "How long it stays in the cluster after its end.", "SECONDS"
    ),
    Field(
        "--label", "labels", str, "A label of its pods; may be repeated.", "KEY=VALUE", many=True, parse=pair
    ),
)


def manifest_options(command: Command) -> Command:
    """Adds them to a command, which gets each as a parameter ``field_…``."""
    for field in reversed(FIELDS):
        command = click.option(
            field.flag,
            field.parameter,
            type=click.Choice(field.choices) if field.choices else field.type,
            help=field.help,
            metavar=field.metavar,
            multiple=field.many,
            callback=_parser(field.parse) if field.parse else None,
        )(command)
    return command


def _parser(
    parse: Callable[[str], tuple[str, object]],
) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], dict[str, object]]:
    return lambda _context, _option, texts: dict(parse(text) for text in texts)


def apply_options(manifest: Manifest, given: Mapping[str, object]) -> None:
    """Sets what was given on the command line; ``given``: the command's parameters.

    Raises InvalidManifest with all that the manifest refuses, by the names of the options.
    """
    scaled = any(given[field.parameter] is not None for field in FIELDS if field.path.startswith("dynamic"))
    if scaled and given["field_executor_instances"] is not None:
        raise click.UsageError("Either --executors, or --min-executors and --max-executors.")
    violations: list[Violation] = []
    for field in FIELDS:
        value = given[field.parameter]
        if value is None or value in ((), {}):
            continue
        try:
            _set(manifest, field.path, value)
        except InvalidManifest as error:
            violations += (replace(each, path=field.flag) for each in error.violations)
    if violations:
        raise InvalidManifest(violations)


def _set(manifest: Manifest, path: str, value: object) -> None:
    parent, _, name = path.rpartition(".")
    if parent and getattr(manifest, parent) is None:
        setattr(manifest, parent, {name: value})
        return
    target = getattr(manifest, parent) if parent else manifest
    setattr(target, name, _merged(getattr(target, name), value))


def _merged(there: object, value: object) -> object:
    if isinstance(value, dict):
        return {**there, **value} if isinstance(there, dict) else value
    return list(value) if isinstance(value, tuple) else value
