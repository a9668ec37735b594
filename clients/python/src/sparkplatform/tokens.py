"""The file in which tokens are kept: readable for its owner alone, and shared by any number of processes."""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from platformdirs import user_config_path

from .errors import SparkPlatformError

if TYPE_CHECKING:
    from .models import TokenPair

#: An access token is renewed that many seconds before its end, so that it does not end on its way.
_margin = 30


@dataclass(frozen=True)
class Kept:
    """A client's tokens. ``access_ends``: seconds since 1970, by this machine's clock."""

    refresh_token: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    access_ends: float = 0

    def is_fresh(self) -> bool:
        """Whether the access token can be used for a while."""
        return self.access_token != "" and time.time() < self.access_ends

    @classmethod
    def of(cls, pair: TokenPair) -> Kept:
        """What is kept of a pair that came now."""
        life = pair.access_expires_in_seconds
        return cls(pair.refresh_token, pair.access_token, time.time() + life - min(_margin, life / 4))


class TokenFile:
    """``tokens.json`` in SPARKPLATFORM_CONFIG_DIR, or in the user's configuration folder.

    It is replaced as a whole, so that who reads it needs no lock; who renews a token holds `lock_path`.
    """

    def __init__(self) -> None:
        folder = os.environ.get("SPARKPLATFORM_CONFIG_DIR")
        self._folder = Path(folder) if folder else user_config_path("sparkplatform", appauthor=False)
        self._path = self._folder / "tokens.json"

    def lock_path(self) -> Path:
        """The lock's file, in a folder that is there. Raises SparkPlatformError where that cannot be made."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from None
        return self._folder / "tokens.lock"

    def last_url(self) -> str | None:
        """The platform that somebody has logged in to last."""
        url = self._read().get("lastUrl")
        return url if isinstance(url, str) else None

    def get(self, key: str) -> Kept | None:
        """What is kept under a key."""
        found = self._read().get("tokens", {}).get(key)
        try:
            return None if found is None else Kept(**found)
        except TypeError:
            raise self._damaged() from None

    def put(self, key: str, kept: Kept | None, last_url: str | None = None) -> None:
        """Replaces what is kept; None: forgets it. To be called with the lock held."""
        content = self._read()
        tokens = content.setdefault("tokens", {})
        if kept is None:
            tokens.pop(key, None)
        else:
            tokens[key] = asdict(kept)
        if last_url is not None:
            content["lastUrl"] = last_url
        try:
            # A new file has 0600.
            descriptor, name = tempfile.mkstemp(dir=self._folder, prefix="tokens-")
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1)
            Path(name).replace(self._path)
        except OSError as error:
            raise self._unusable(error) from None

    def _read(self) -> dict[str, Any]:
        try:
            content: object = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unusable(error) from None
        except ValueError:
            raise self._damaged() from None
        if not isinstance(content, dict):
            raise self._damaged()
        return content

    def _damaged(self) -> SparkPlatformError:
        return SparkPlatformError(f"{self._path} is damaged: remove it, and log in again")

    def _unusable(self, error: OSError) -> SparkPlatformError:
        return SparkPlatformError(
            f"tokens cannot be kept in {self._folder} ({error.strerror}): set SPARKPLATFORM_CONFIG_DIR to a folder "
            "that you can write to, or use an access token"
        )


def key_of(url: str, refresh_token: str | None = None) -> str:
    """Where tokens are kept: those of a login, or those that came from a refresh token that a program was given."""
    return url if refresh_token is None else f"{url} {sha256(refresh_token.encode()).hexdigest()[:32]}"


_kinds: dict[str, Literal["register", "refresh", "access"]] = {
    "spt_reg_": "register",
    "spt_ref_": "refresh",
    "spt_acc_": "access",
}


def kind_of(token: str) -> Literal["register", "refresh", "access", "service-account"]:
    """Which kind of token a text is. Raises SparkPlatformError where it is none; the text is not in the error."""
    kind = _kinds.get(token[:8])
    if kind is not None and re.fullmatch(r"[\w-]{43}", token[8:]):
        return kind
    # A pod's: three parts of base64url.
    if re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token):
        return "service-account"
    raise SparkPlatformError(
        "this is no token of the platform: those begin with spt_reg_, spt_ref_ or spt_acc_; was it cut?"
    )
