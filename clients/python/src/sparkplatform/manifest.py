"""What may be said of a job: attributes with their defaults, checked as they are set."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError
from pydantic.alias_generators import to_camel

from .errors import InvalidManifest, Violation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Text, a number or a boolean; all go to Spark as text.
Scalar = str | bool | int | float
#: MiB or GiB: ``512m``, ``2g``.
Memory = Annotated[str, Field(pattern=r"^[1-9]\d*[mg]$")]
Executors = Annotated[int, Field(ge=0, le=10_000)]
Interval = Annotated[int, Field(ge=1, le=86_400)]
Retries = Annotated[int, Field(ge=0, le=100)]


class _Part(BaseModel):
    """Refuses what is wrong as it is set, and names that do not exist."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_assignment=True,
        extra="forbid",
        strict=True,
        defer_build=True,
    )

    def __setattr__(self, name: str, value: object) -> None:
        if name in type(self).model_fields or name.startswith("_"):
            try:
                super().__setattr__(name, value)
            except ValidationError as error:
                raise InvalidManifest(_violations(error)) from None
            return
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}{_meant(name, type(self))}")


class Size(_Part):
    """CPU and memory of the driver or of an executor."""

    cores: Annotated[int, Field(ge=1, le=512)] | None = None
    """CPU cores that Spark counts on: the task slots of an executor."""
    memory: Memory | None = None
    """The JVM's heap: ``512m``, ``2g``; at least 512m."""
    memory_overhead: Memory | None = None
    """Memory beside the heap (Python, off-heap); by default Spark's, 10% or 40% of the heap."""
    core_request: str | None = None
    """CPU that Kubernetes sets aside: ``500m``, ``1.5``; by default as many as cores."""
    core_limit: str | None = None
    """CPU that Kubernetes allows at most; by default no limit."""


class Executor(Size):
    """Number and size of the executors."""

    instances: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many executors; None with ``dynamic_allocation``."""


class DynamicAllocation(_Part):
    """Lets Spark ask for executors as it needs them."""

    min_executors: Executors | None = None
    """Executors to keep; default 0."""
    max_executors: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Executors at most; default 8."""
    initial_executors: Executors | None = None
    """Executors to start with; default ``min_executors``."""


class Dependencies(_Part):
    """What the job needs, from S3 (``s3a://…``) or from the image (``local:///…``)."""

    jars: list[str] = Field(default_factory=list)
    """Jars on the class path of driver and executors."""
    files: list[str] = Field(default_factory=list)
    """Files in the working directory."""
    py_files: list[str] = Field(default_factory=list)
    """Python modules: .py, .zip, .egg."""
    archives: list[str] = Field(default_factory=list)
    """Archives that are unpacked into the working directory; ``#name`` names the folder."""


class Restart(_Part):
    """What to do when the job does not succeed. Times are in seconds."""

    policy: Literal["Never", "OnFailure", "Always"] | None = None
    """When to run again; default OnFailure."""
    retries: Retries | None = None
    """Runs after one that failed; default 0: a job may not bear being run twice."""
    retry_interval_seconds: Interval | None = None
    """Before the first such run, growing with each; default 10."""
    submission_retries: Retries | None = None
    """Tries after a submission that failed, before any code ran; default 3."""
    submission_retry_interval_seconds: Interval | None = None
    """Before the first such try, growing with each; default 20."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        # What a policy does not look at is refused with it, and the platform's defaults are of another.
        if name == "policy" and value == "Never":
            self.retry_interval_seconds = self.submission_retry_interval_seconds = None
        if name == "policy" and value in ("Never", "Always"):
            self.retries = self.submission_retries = None


class SecretKey(_Part):
    """A key of a secret in the job's namespace."""

    secret: str
    key: str


class Manifest(_Part):
    """A job: all that may be said of it. What is None or empty is the platform's default.

    Get one with the platform's defaults by `platform.default_manifest()`, and change what differs:

        manifest.executor.instances = 4
        manifest.spark_conf["spark.sql.shuffle.partitions"] = 64

    Raises InvalidManifest for a value that cannot be right, and AttributeError for a name that does not exist.
    """

    name: str | None = None
    """The job's name; by default made of the program's."""
    namespace: str | None = None
    """Where to run; by default the only one there is."""
    spark_version: str | None = None
    """One of the platform's Spark versions."""
    image: str | None = None
    """A Spark image of your own with its tag or digest; without a host it is one in the platform's registry."""
    main_file: str | None = None
    """The program, in S3 (``s3a://…``) or in the image (``local:///…``); not with code that comes along."""
    main_class: str | None = None
    """The class with the main method, for a .jar."""
    arguments: list[Scalar] = Field(default_factory=list)
    """The program's arguments."""
    dependencies: Dependencies = Field(default_factory=Dependencies)
    driver: Size = Field(default_factory=Size)
    executor: Executor = Field(default_factory=Executor)
    dynamic_allocation: DynamicAllocation | None = None
    """In place of ``executor.instances``, which becomes None where this is set."""
    spark_conf: dict[str, Scalar] = Field(default_factory=dict)
    """Spark properties, from the platform's allow-list."""
    env: dict[str, Scalar] = Field(default_factory=dict, repr=False)
    """Environment variables of driver and executors."""
    secret_env: dict[str, SecretKey] = Field(default_factory=dict)
    """Environment variables from secrets of the namespace."""
    restart: Restart = Field(default_factory=Restart)
    time_to_live_seconds: Annotated[int, Field(ge=600, le=31_536_000)] | None = None
    """Seconds after its end when the job is deleted from the cluster; its record and log stay."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Labels of the job and its pods."""

    _versions: tuple[str, ...] = PrivateAttr(())

    def __setattr__(self, name: str, value: object) -> None:
        if name == "schedule":
            raise AttributeError(
                "what is submitted runs once: a job with a schedule belongs into the platform's stack file"
            )
        if name == "spark_version" and self._versions and value not in (None, *self._versions):
            raise InvalidManifest(
                [Violation("spark_version", f"there is no {value}", f"one of {', '.join(self._versions)}")]
            )
        super().__setattr__(name, value)
        if name == "dynamic_allocation" and value is not None:
            self.executor.instances = None

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], versions: Sequence[str] = ()) -> Manifest:
        """A manifest of what `to_dict` gave. ``versions``: the Spark versions to choose from; by default any.

        Raises InvalidManifest with all that is wrong.
        """
        try:
            manifest = cls.model_validate(dict(content))
        except ValidationError as error:
            raise InvalidManifest(_violations(error)) from None
        manifest._versions = tuple(versions)
        return manifest

    def to_dict(self) -> dict[str, Any]:
        """Names and values as the API has them, without what is None or empty.

        Raises InvalidManifest: what was put into lists and mappings is checked here.
        """
        content: dict[str, Any] = _without_empty(self.model_dump(by_alias=True, warnings=False))
        try:
            type(self).model_validate(content)
        except ValidationError as error:
            raise InvalidManifest(_violations(error)) from None
        return content


def _without_empty(content: dict[str, Any]) -> dict[str, Any]:
    """Without None and what has nothing in it; but that something is scaled, or a text is empty, is said."""
    kept: dict[str, Any] = {}
    for name, value in content.items():
        if name == "dynamicAllocation" and value is not None:
            kept[name] = _without_empty(value)
        elif isinstance(value, dict):
            if below := _without_empty(value):
                kept[name] = below
        elif value is not None and value != []:
            kept[name] = value
    return kept


def _violations(error: ValidationError) -> list[Violation]:
    return [
        Violation(
            ".".join(str(each) for each in problem["loc"]) or "manifest",
            # Not the value itself: it may be a secret.
            problem["msg"],
            _expected.get(problem["type"], problem["type"].replace("_", " ")),
        )
        for problem in error.errors(include_url=False, include_input=False)
    ]


_expected = {
    "extra_forbidden": "a name that exists",
    "int_type": "a whole number",
    "string_type": "text",
    "string_pattern_mismatch": "a size such as 512m or 2g",
}


def _meant(name: str, kind: type[BaseModel]) -> str:
    close = get_close_matches(name, kind.model_fields, n=1)
    return f": did you mean {close[0]!r}?" if close else f"; it has {', '.join(kind.model_fields)}"
