"""What the API answers, as values that cannot be changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from .errors import GatewayUnreachable

if TYPE_CHECKING:
    from typing_extensions import Self

State = Literal[
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
]
Role = Literal["admin", "user"]

#: The states in which nothing changes any more.
final_states: frozenset[str] = frozenset({"SUCCEEDED", "FAILED", "CANCELLED"})


class Answer(BaseModel):
    """The base of all. What a newer gateway adds is left out."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, frozen=True, extra="ignore", defer_build=True
    )

    @classmethod
    def of(cls, answer: object) -> Self:
        """Reads what was answered. Raises GatewayUnreachable where it is not the answer of a gateway."""
        try:
            return cls.model_validate(answer)
        except ValidationError as error:
            raise _no_answer(error) from None

    def to_dict(self) -> dict[str, Any]:
        """As the API has it: names in camelCase, times as text."""
        return self.model_dump(mode="json", by_alias=True)


class Reason(Answer):
    """Why a job is in its state, and what to do about it."""

    message: str
    hint: str | None = None

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}; {self.hint}"


class WhoAmI(Answer):
    """Whom the platform takes the caller for."""

    name: str
    role: Role
    family: str | None
    #: The namespaces that the token is limited to; None: it is not limited.
    namespaces: list[str] | None = None


class Cluster(Answer):
    """Where jobs run."""

    name: str
    namespaces: list[str]
    spark_versions: list[str]


class StateChange(Answer):
    """A job came into a state."""

    at: datetime
    state: State
    reason: str | None


class StateEvent(StateChange):
    """A job came into a state, among its events."""

    type: Literal["state"]


class ClusterEvent(Answer):
    """Something that Kubernetes or the operator tells of a job."""

    type: Literal["event"]
    at: datetime
    level: str
    reason: str
    message: str
    count: int
    object: str
    source: str


Event = Annotated[StateEvent | ClusterEvent, Field(discriminator="type")]
# Built when the first event comes: that takes longer than to load all the rest here.
_event: TypeAdapter[Event] = TypeAdapter(Event, config=ConfigDict(defer_build=True))


def event_of(answer: object) -> Event:
    """Reads an event. Raises GatewayUnreachable where it is none."""
    try:
        return _event.validate_python(answer)
    except ValidationError as error:
        raise _no_answer(error) from None


class Page(Answer):
    """Items of a list, and where the next ones are."""

    items: list[Any]
    next_cursor: str | None = None


class Defaults(Answer):
    """What a job has in a cluster where nothing is said, and the JSON Schema of what may be said."""

    cluster: Cluster
    job: dict[str, Any]
    job_schema: dict[str, Any] = Field(alias="schema")


class Verdict(Answer):
    """Whether a job is right. ``violations``: path, problem and what was expected."""

    valid: bool
    violations: list[dict[str, str]]


class UploadPlace(Answer):
    """Where code goes up, if it is not ``there`` yet."""

    there: bool
    url: str = Field(default="", repr=False)
    headers: dict[str, str] = Field(default={}, repr=False)


class Application(Answer):
    """A job that was submitted."""

    id: str
    name: str
    cluster: str
    namespace: str
    owner: str
    state: State
    reason: str | None
    hint: str | None
    spark_version: str
    spark_id: str | None
    attempts: int
    submitted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    history_url: str | None
    ui_url: str | None
    queue_position: int | None = None
    states: list[StateChange] = []
    job: dict[str, Any] = {}


class Grant(Answer):
    """What a client may do, and until when. Lifetimes are in seconds."""

    id: str
    client_name: str
    role: Role
    #: The namespaces that the tokens are limited to; None: they are not limited.
    namespaces: list[str] | None = None
    access_lifetime_seconds: int
    refresh_lifetime_seconds: int
    created_at: datetime
    expires_at: datetime | None


class RegisterToken(Grant):
    """A register token, without the token."""

    status: Literal["unused", "used", "expired", "revoked"]
    created_by: str
    used_at: datetime | None


class NewRegisterToken(RegisterToken):
    """A register token that was made now. ``register_token`` is told this once, and shows in no ``repr``."""

    register_token: str = Field(repr=False)


class TokenFamily(Grant):
    """A client that has registered: all the tokens that came from its register token."""

    status: Literal["active", "expired", "revoked"]
    register_token_id: str
    refreshed_at: datetime
    revoked_at: datetime | None
    revoked_because: Literal["request", "cascade", "reuse"] | None


class Revoked(Answer):
    """How much was revoked that could be used until then."""

    families: int
    register_tokens: int


class Identity(Answer):
    """The person who a client is, as the pages know them: an OpenID Connect issuer's subject."""

    client_name: str
    issuer: str
    subject: str
    linked_at: datetime


class TokenPair(Answer):
    """An access token and the refresh token that gets the next pair."""

    family: str
    client_name: str
    role: Role
    access_token: str = Field(repr=False)
    access_expires_in_seconds: int
    refresh_token: str = Field(repr=False)
    refresh_expires_in_seconds: int


def _no_answer(error: ValidationError) -> GatewayUnreachable:
    # Not the values: tokens may be among them.
    wrong = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(each) for each in wrong["loc"])
    return GatewayUnreachable(
        f"what answered is no gateway, or a newer one ({error.title}: {where}: {wrong['msg']}): check the URL, "
        "or update sparkplatform"
    )
