"""What can go wrong, as exceptions that say what happened and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .models import Reason


class SparkPlatformError(Exception):
    """All errors of this package."""


class GatewayError(SparkPlatformError):
    """The gateway refused a request, or could not do what was asked.

    ``code``: the API's, which never changes its meaning. ``status``: HTTP's. ``request``: the gateway's name of the
    request, for its operators.
    """

    def __init__(self, message: str, *, code: str, status: int, request: str = "") -> None:
        super().__init__(f"{message} (request {request})" if request and status >= 500 else message)
        self.code = code
        self.status = status
        self.request = request


class AuthenticationError(GatewayError):
    """There is no token, or one that is not valid any more: log in again."""


class PermissionDenied(GatewayError):
    """The role of this token does not allow it."""


class NotFound(GatewayError):
    """There is nothing of yours with this id."""


class TooManyRequests(GatewayError):
    """The gateway asks for patience, and went on to do so while this was tried again."""


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong: where, what, and what would be right."""

    path: str
    problem: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}\n    expected: {self.expected}"


class InvalidManifest(SparkPlatformError, ValueError):
    """What was said of a job is not right. ``violations`` has all that is wrong, not only the first."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        count = "1 problem" if len(violations) == 1 else f"{len(violations)} problems"
        super().__init__(
            "\n".join([f"the job is not right, {count}:", *(f"  {each}" for each in violations)])
        )
        self.violations = tuple(violations)


class GatewayUnreachable(SparkPlatformError):
    """No answer: no network, a wrong address, or the gateway is away."""


class CertificateError(GatewayUnreachable):
    """The gateway's certificate is not one that this machine trusts."""


class JobFailed(SparkPlatformError):
    """A job that was waited for has failed. ``reason``: why, with a hint what to do."""

    def __init__(self, job_id: str, reason: Reason | None) -> None:
        super().__init__(f"{job_id} has failed: {reason or 'nobody knows why; its log may tell'}")
        self.job_id = job_id
        self.reason = reason


class JobCancelled(SparkPlatformError):
    """A job that was waited for was cancelled."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"{job_id} was cancelled")
        self.job_id = job_id


class WaitTimeout(SparkPlatformError, TimeoutError):
    """A job has not ended in the time that was given. It goes on: wait again, or cancel it."""

    def __init__(self, job_id: str, state: str, seconds: float) -> None:
        super().__init__(
            f"{job_id} is still {state} after {seconds:g} s; it goes on: wait again, or cancel it"
        )
        self.job_id = job_id
        self.state = state
