"""What an answer or a broken connection means, as an exception that says what to do."""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING, Any

import httpx

from ._attributes import by_attribute
from .errors import (
    AuthenticationError,
    CertificateError,
    GatewayError,
    GatewayUnreachable,
    InvalidManifest,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    SparkPlatformError,
    TooManyRequests,
    UploadFailed,
    Violation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_by_status: dict[int, type[GatewayError]] = {
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    429: TooManyRequests,
}
_advice = {
    "token-expired": "log in again: sparkplatform login",
    "token-invalid": "log in again: sparkplatform login",
    "token-revoked": "ask an admin why, and for a new register token",
    "refresh-token-used": "somebody else uses this token: log in again, and give each program its own",
    "refresh-token-reused": "a used token came back, so all of its family were revoked: ask an admin for a new one",
    "register-token-used": "it is used once: ask an admin for another",
}


def content_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON of a good answer. Raises GatewayUnreachable where it is something else, such as a page to log in at."""
    content = _json_object(response)
    if content is None:
        raise _no_gateway(response)
    return content


def refusal(response: httpx.Response) -> SparkPlatformError:
    """The error for an answer that is none of the good ones. The answer has been read."""
    problem = _json_object(response) or {}
    violations = problem.get("violations")
    if isinstance(violations, list) and violations:
        wrong = [_violation(each) for each in violations]
        if not _is_of_job(response.request):
            return InvalidRequest(wrong)
        return InvalidManifest([by_attribute(each) for each in wrong])
    code = str(problem.get("code", ""))
    if not code:
        return _no_gateway(response)
    seconds = response.headers.get("retry-after")
    later = f"try again in {seconds} s" if seconds else None
    parts = [problem.get("title"), problem.get("detail"), _advice.get(code), later]
    message = ": ".join(str(each) for each in parts if each)
    kind_of_error = _by_status.get(response.status_code, GatewayError)
    return kind_of_error(
        message, code=code, status=response.status_code, request=str(problem.get("instance", ""))
    )


def store_refusal(response: httpx.Response) -> UploadFailed:
    """The error for an upload that the store did not take; its answers are XML. The answer has been read."""
    said = [re.search(rf"<{tag}>([^<]*)</{tag}>", response.text) for tag in ("Code", "Message")]
    why = ": ".join([str(response.status_code), *(each[1] for each in said if each)])
    return UploadFailed(
        f"the store at {_origin(response.request)} did not take the code ({why}): run the job again, "
        "and ask the platform's operators if it stays so",
        response.status_code,
    )


def unreachable(error: httpx.TransportError, *, trusts: bool) -> SparkPlatformError:
    """The error for a request without an answer. ``trusts``: whether certificates were given, or kept by a login."""
    where = _origin(error.request)
    if any("CERTIFICATE_VERIFY_FAILED" in str(each) for each in _causes(error)):
        had = "what was given or kept of its CA is of another: " if trusts else ""
        how = f"{had}give its CA's certificate (PEM): ca=…, SPARKPLATFORM_CA or --ca"
        why = next((each.verify_message for each in _causes(error) if _is_verification(each)), "")
        return CertificateError(f"{where} has a certificate that is not trusted here ({why}): {how}")
    if isinstance(error, httpx.ProxyError):
        return GatewayUnreachable(
            f"the proxy on the way to {where} refuses: {error}; check HTTPS_PROXY, NO_PROXY"
        )
    if isinstance(error, httpx.TimeoutException):
        return GatewayUnreachable(
            f"{where} does not answer in time: check the network, or give a longer timeout"
        )
    why = str(error) or type(error).__name__
    return GatewayUnreachable(f"{where} is not reached ({why}): check the URL, the network and HTTPS_PROXY")


def _no_gateway(response: httpx.Response) -> GatewayUnreachable:
    kind = response.headers.get("content-type", "no type").split(";")[0]
    return GatewayUnreachable(
        f"{_origin(response.request)} answered {response.status_code} ({kind}), which is no answer of a gateway: "
        "check the URL, or what is before the gateway"
    )


def _causes(error: BaseException) -> Iterator[Any]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _is_verification(error: object) -> bool:
    return isinstance(error, ssl.SSLCertVerificationError)


def _origin(request: httpx.Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc.decode()}"


def _is_of_job(request: httpx.Request) -> bool:
    """Whether what was sent is a job."""
    return request.method == "POST" and request.url.path.endswith(("/applications", "/applications:validate"))


def _json_object(response: httpx.Response) -> dict[str, Any] | None:
    try:
        content: object = response.json()
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _violation(given: object) -> Violation:
    fields = given if isinstance(given, dict) else {}
    return Violation(*(str(fields.get(name, "?")) for name in ("path", "problem", "expected")))
