# Generated from _async/transport.py by scripts/generate_sync.py: do not edit.
"""HTTP to the gateway: tokens, retries, errors."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from .._failures import content_of, refusal, unreachable
from ..errors import GatewayError, GatewayUnreachable, SparkPlatformError
from .session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..settings import Settings
    from ..tokens import TokenFile

#: For as long a call is tried again, in seconds: a gateway that restarts is back by then.
_patience = 60.0
#: As long as there was no answer yet: more likely the address is wrong.
_first_patience = 3.0
_backoff = wait_random_exponential(multiplier=0.2, max=5)
_unreached = "tries end with an answer or an error"
#: Nothing was done, or another try is as good.
_passing = {429, 502, 503, 504}


class _Again(Exception):
    """What may be over at the next try. ``error``: what it is if it is not."""

    def __init__(self, error: SparkPlatformError, after: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.after = after


class Transport:
    """One gateway, as its client sees it. Safe to use from several threads or tasks."""

    def __init__(self, settings: Settings, tokens: TokenFile) -> None:
        self.settings = settings
        self.session = Session(settings.url, settings.token, tokens)
        self._answered = False
        self._http = httpx.Client(
            verify=settings.trust(),
            timeout=settings.timeout,
            proxy=settings.proxy,
            headers={"user-agent": "sparkplatform-python"},
        )

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        safe: bool = True,
    ) -> Any:
        """Calls the API, and answers its JSON. ``safe``: whether it may be made twice, so that it is tried again."""
        content = None if body is None else json.dumps(body).encode()
        sent = {**(headers or {}), **({} if content is None else {"content-type": "application/json"})}
        for attempt in self._attempts():
            with attempt:
                request = self._http.build_request(
                    method, self._url(path), params=params, headers=sent, content=content
                )
                return content_of(self._authorized(request, safe=safe))
        raise AssertionError(_unreached)

    def put(self, url: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Sends content to where the API says. Only what goes to the gateway itself has the token."""
        target = urljoin(f"{self.settings.url}/", url)
        own = httpx.URL(target).netloc == httpx.URL(self.settings.url).netloc
        for attempt in self._attempts():
            with attempt:
                request = self._http.build_request("PUT", target, headers=dict(headers), content=content)
                if own:
                    self._authorized(request, safe=True)
                else:
                    self._send(request, safe=True)

    @contextmanager
    def stream(
        self, path: str, *, params: Mapping[str, Any], headers: Mapping[str, str], read_timeout: float
    ) -> Iterator[httpx.Response]:
        """Opens an answer that comes bit by bit. ``read_timeout``: seconds of silence after which it is broken."""
        timeout = httpx.Timeout(self.settings.timeout, read=read_timeout)
        request = self._http.build_request(
            "GET", self._url(path), params=params, headers=dict(headers), timeout=timeout
        )
        try:
            response = self._authorized(request, safe=True, stream=True)
        except _Again as again:
            raise again.error from None
        try:
            yield response
        finally:
            response.close()

    def post_plain(self, path: str, body: dict[str, str]) -> object:
        """Sends tokens, in the body, and none in the header. The gateway answers a refresh twice within its grace."""
        for attempt in self._attempts():
            with attempt:
                request = self._http.build_request("POST", self._url(path), json=body)
                return content_of(self._send(request, safe=path.endswith("/refresh")))
        raise AssertionError(_unreached)

    def _attempts(self) -> Retrying:
        return Retrying(
            stop=self._is_enough,
            wait=_pause,
            retry=retry_if_exception_type(_Again),
            retry_error_callback=_give_up,
        )

    def _is_enough(self, state: RetryCallState) -> bool:
        waited = state.seconds_since_start or 0
        return waited + state.upcoming_sleep > (_patience if self._answered else _first_patience)

    def _url(self, path: str) -> str:
        return f"{self.settings.url}/v1{path}"

    def _authorized(self, request: httpx.Request, *, safe: bool, stream: bool = False) -> httpx.Response:
        """Sends with a token; where that has ended, which the clocks need not agree on, with the next one."""
        token = self.session.access_token(self.post_plain)
        request.headers["authorization"] = f"Bearer {token}"
        try:
            return self._send(request, safe=safe, stream=stream)
        except GatewayError as error:
            if error.code not in ("token-expired", "token-invalid"):
                raise
            if not self.session.renews:
                raise
        token = self.session.access_token(self.post_plain, rejected=token)
        request.headers["authorization"] = f"Bearer {token}"
        return self._send(request, safe=safe, stream=stream)

    def _send(self, request: httpx.Request, *, safe: bool, stream: bool = False) -> httpx.Response:
        try:
            response = self._http.send(request, stream=stream)
        except httpx.TransportError as error:
            failure = unreachable(error, self.settings.ca)
            # Without a connection nothing was asked, so that it can be asked again.
            passing = type(failure) is GatewayUnreachable and (safe or isinstance(error, httpx.ConnectError))
            raise _Again(failure) if passing else failure from None
        self._answered = True
        if response.is_success:
            return response
        response.read()
        response.close()
        failure = refusal(response)
        if response.status_code in _passing and (safe or response.status_code == 429):
            raise _Again(failure, _retry_after(response))
        raise failure


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _Again) and error.after is not None:
        return error.after
    return _backoff(state)


def _give_up(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _Again):
        raise error.error from None


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds; the gateway gives no dates."""
    given = response.headers.get("retry-after", "")
    return float(given) if given.isdigit() else None
