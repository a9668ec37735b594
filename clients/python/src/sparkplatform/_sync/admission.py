# Generated from _async/admission.py by scripts/generate_sync.py: do not edit.
"""Who is let in: logging in and out, and the tokens of others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..errors import AuthenticationError, NotFound
from ..models import Identity, NewRegisterToken, RegisterToken, Revoked, Role, TokenFamily, WhoAmI
from .pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .transport import Transport


class Admission:
    """The part of a platform that is about tokens."""

    _transport: Transport

    def whoami(self) -> WhoAmI:
        """Whom the platform takes this client for."""
        return WhoAmI.of(self._transport.call("GET", "/whoami"))

    def register(self, register_token: str) -> None:
        """Uses a register token, once, and keeps the tokens that it is answered as the login at this platform."""
        transport = self._transport
        transport.session.register(transport.post_plain, register_token)

    def login(self, token: str) -> None:
        """Keeps a register or a refresh token as the login at this platform."""
        self._transport.session.log_in(self._transport.post_plain, token)

    def logout(self) -> None:
        """Revokes the login at this platform, and forgets it. One that is not good any more is only forgotten."""
        try:
            family = (self.whoami()).family
            if family is not None:
                self.revoke(family)
        except AuthenticationError:
            pass
        self._transport.session.forget()

    def create_register_token(
        self,
        client_name: str,
        access_ttl: float | timedelta | None = None,
        refresh_ttl: float | timedelta | None = None,
        role: Role = "user",
        namespaces: Iterable[str] | None = None,
    ) -> NewRegisterToken:
        """Makes a token with which a client registers, once; for admins.

        ``access_ttl``, ``refresh_ttl``: how long its tokens live, in seconds; by default the platform's.
        ``namespaces``: the only ones that its tokens reach; by default all.
        """
        wish = {
            "clientName": client_name,
            "role": role,
            "namespaces": None if namespaces is None else list(namespaces),
            "accessLifetimeSeconds": _seconds(access_ttl),
            "refreshLifetimeSeconds": _seconds(refresh_ttl),
        }
        body = {key: value for key, value in wish.items() if value is not None}
        # Not sent twice: the token of a lost answer could be used by nobody, but would be there.
        answer = self._transport.call("POST", "/tokens/register-tokens", body=body, safe=False)
        return NewRegisterToken.of(answer)

    def register_tokens(self) -> list[RegisterToken]:
        """The register tokens, without the tokens; for admins."""
        found = pages(self._transport, "/tokens/register-tokens")
        return [RegisterToken.of(each) for each in found]

    def tokens(self) -> list[TokenFamily]:
        """Who is logged in: one's own logins, or everybody's for admins."""
        return [TokenFamily.of(each) for each in pages(self._transport, "/tokens")]

    def identities(self) -> list[Identity]:
        """The clients that are linked to a person who visits the pages; for admins."""
        return [Identity.of(each) for each in pages(self._transport, "/identities")]

    def unlink_identity(self, client_name: str) -> Identity:
        """Removes a client's link to a person; for admins. Raises NotFound."""
        path = f"/identities/{quote(client_name, safe='')}"
        return Identity.of(self._transport.call("DELETE", path))

    def revoke(self, token_id: str, *, cascade: bool = False) -> Revoked:
        """Revokes a login or a register token, by its id. ``cascade``: with all that it has made. Raises NotFound."""
        params = {"cascade": "true"} if cascade else {}
        try:
            answer = self._transport.call("DELETE", f"/tokens/{token_id}", params=params)
        except NotFound:
            path = f"/tokens/register-tokens/{token_id}"
            answer = self._transport.call("DELETE", path, params=params)
        return Revoked.of(answer)


def _seconds(time: float | timedelta | None) -> int | None:
    if time is None:
        return None
    return int(time.total_seconds() if isinstance(time, timedelta) else time)
