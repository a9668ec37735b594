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

from .errors import ConfigurationError

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
        """The lock's file, in a folder that is there. Raises ConfigurationError where that cannot be made."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self.unusable(error) from None
        return self._folder / "tokens.lock"

    def last_url(self) -> str | None:
        """The platform that somebody has logged in to last."""
        url = self._read().get("lastUrl")
        return url if isinstance(url, str) else None

    def authorities(self, url: str) -> str | None:
        """The certificates (PEM) that a login at a platform was given to trust."""
        found = self._read().get("authorities", {}).get(url)
        return found if isinstance(found, str) else None

    def get(self, key: str) -> Kept | None:
        """What is kept under a key."""
        found = self._read().get("tokens", {}).get(key)
        try:
            return None if found is None else Kept(**found)
        except TypeError:
            raise self._damaged() from None

    def put(self, key: str, kept: Kept) -> None:
        """Replaces what is kept under a key. To be called with the lock held, as all that follow."""
        content = self._read()
        content.setdefault("tokens", {})[key] = asdict(kept)
        self._write(content)

    def put_login(self, url: str, kept: Kept, authorities: str | None) -> None:
        """Keeps a login, as the last one. ``authorities``: what it was given to trust."""
        content = self._read()
        content["lastUrl"] = url
        content.setdefault("tokens", {})[key_of(url)] = asdict(kept)
        if authorities is not None:
            content.setdefault("authorities", {})[url] = authorities
        self._write(content)

    def remove(self, key: str) -> None:
        """Forgets what is kept under a key; of a login, what it trusts as well."""
        content = self._read()
        for kind in ("tokens", "authorities"):
            content.get(kind, {}).pop(key, None)
        self._write(content)

    def _write(self, content: dict[str, Any]) -> None:
        try:
            # A new file has 0600.
            descriptor, name = tempfile.mkstemp(dir=self._folder, prefix="tokens-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(content, file, indent=1)
                    file.flush()
                    os.fsync(descriptor)
                Path(name).replace(self._path)
            except BaseException:
                # Ctrl-C, too: tokens are to lie about nowhere.
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise self.unusable(error) from None

    def _read(self) -> dict[str, Any]:
        try:
            content: object = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self.unusable(error) from None
        except ValueError:
            raise self._damaged() from None
        if not isinstance(content, dict) or not all(
            isinstance(content.get(kind, {}), dict) for kind in ("tokens", "authorities")
        ):
            raise self._damaged()
        return content

    def _damaged(self) -> ConfigurationError:
        return ConfigurationError(f"{self._path} is damaged: remove it, and log in again")

    def unusable(self, error: OSError) -> ConfigurationError:
        """The error for a folder that cannot be worked in."""
        return ConfigurationError(
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
    """Which kind of token a text is. Raises ConfigurationError where it is none; the text is not in the error."""
    kind = _kinds.get(token[:8])
    if kind is not None and re.fullmatch(r"[\w-]{43}", token[8:]):
        return kind
    # A pod's: three parts of base64url.
    if re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token):
        return "service-account"
    raise ConfigurationError(
        "this is no token of the platform: those begin with spt_reg_, spt_ref_ or spt_acc_; was it cut?"
    )
