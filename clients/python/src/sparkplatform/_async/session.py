"""Whose token goes with a request, and how it is renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import AsyncFileLock

from ..errors import AuthenticationError
from ..models import TokenPair
from ..tokens import Kept, TokenFile, key_of, kind_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Post = Callable[[str, dict[str, str]], Awaitable[object]]

_log_in = "get a register token from an admin, then: sparkplatform login"


class AsyncSession:
    """The tokens of one client of one gateway.

    Any number of processes may use the same: who finds the access token at its end takes the file's lock, looks whether
    another has renewed it meanwhile, and renews it if not.
    """

    def __init__(self, url: str, token: str | None, tokens: TokenFile) -> None:
        self._url = url
        self._tokens = tokens
        self._given: str | None = None
        self._key = key_of(url)
        self._first: str | None = None
        if token is None:
            return
        kind = kind_of(token)
        if kind == "register":
            raise AuthenticationError(
                "this is a register token, used once: give it to platform.register(…) or `sparkplatform login`",
                code="register-token",
                status=401,
            )
        if kind == "refresh":
            self._key = key_of(url, token)
            self._first = token
        else:
            self._given = token

    @property
    def renews(self) -> bool:
        """Whether there is another token after this one."""
        return self._given is None

    async def access_token(self, post: Post, rejected: str | None = None) -> str:
        """A token to send. ``rejected``: one that the gateway did not take. ``post``: sends JSON without a token.

        Raises AuthenticationError where there is none to be had.
        """
        if self._given is not None:
            return self._given
        kept = self._kept()
        if kept is not None and kept.is_fresh() and kept.access_token != rejected:
            return kept.access_token
        async with self._lock():
            kept = self._kept()
            if kept is None:
                raise _ended("nobody has logged in here", _log_in)
            if kept.is_fresh() and kept.access_token != rejected:
                return kept.access_token
            answer = await post("/tokens/refresh", {"refreshToken": kept.refresh_token})
            renewed = Kept.of(TokenPair.model_validate(answer))
            self._tokens.put(self._key, renewed)
        return renewed.access_token

    async def register(self, post: Post, register_token: str) -> TokenPair:
        """Uses a register token, and keeps what it is answered as the login at this gateway."""
        async with self._lock():
            pair = TokenPair.model_validate(await post("/tokens/register", {"registerToken": register_token}))
            self._keep(Kept.of(pair))
        return pair

    async def log_in(self, post: Post, token: str) -> None:
        """Keeps a register or a refresh token as the login at this gateway, once the gateway has taken it."""
        kind = kind_of(token)
        if kind == "register":
            await self.register(post, token)
            return
        if kind != "refresh":
            raise _ended(
                "this is an access token, which ends soon", "log in with a register or a refresh token"
            )
        async with self._lock():
            answer = await post("/tokens/refresh", {"refreshToken": token})
            self._keep(Kept.of(TokenPair.model_validate(answer)))

    async def forget(self) -> None:
        """Forgets the login."""
        async with self._lock():
            self._tokens.put(self._key, None)
        self._first = None

    def _lock(self) -> AsyncFileLock:
        """Another one each time, so that threads and tasks wait for each other as processes do."""
        return AsyncFileLock(self._tokens.lock_path(), mode=0o600)

    def _keep(self, kept: Kept) -> None:
        self._given = self._first = None
        self._key = key_of(self._url)
        self._tokens.put(self._key, kept, self._url)

    def _kept(self) -> Kept | None:
        kept = self._tokens.get(self._key)
        if kept is None and self._first is not None:
            return Kept(self._first)
        return kept


def _ended(what: str, do: str) -> AuthenticationError:
    return AuthenticationError(f"{what}: {do}", code="not-authenticated", status=401)
