"""Where the platform is and how it is reached: arguments, then the environment, then the last login."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .errors import ConfigurationError

if TYPE_CHECKING:
    from .tokens import TokenFile

_local = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Settings:
    """What was found."""

    url: str
    token: str | None = field(repr=False)
    ca: str | None
    cluster: str | None
    timeout: float
    proxy: str | None = field(repr=False)

    @classmethod
    def find(
        cls,
        url: str | None,
        token: str | None,
        *,
        ca: str | os.PathLike[str] | None,
        cluster: str | None,
        timeout: float,
        proxy: str | None,
        tokens: TokenFile,
    ) -> Settings:
        """Raises ConfigurationError where nobody says where the platform is, or its token would go about in plain."""
        env = os.environ.get
        found = (url or env("SPARKPLATFORM_URL") or tokens.last_url() or "").rstrip("/")
        if not found:
            raise ConfigurationError(
                "nobody says where the platform is: give SparkPlatform its URL, set SPARKPLATFORM_URL, "
                "or log in once: sparkplatform login --url https://…"
            )
        _check(found)
        return cls(
            url=found,
            token=token or env("SPARKPLATFORM_TOKEN") or None,
            ca=os.fspath(ca) if ca else env("SPARKPLATFORM_CA") or None,
            cluster=cluster or env("SPARKPLATFORM_CLUSTER") or None,
            timeout=timeout,
            proxy=proxy,
        )

    def trust(self) -> ssl.SSLContext:
        """Certificates of this machine's authorities, and of ``ca``. Raises ConfigurationError where that is no PEM."""
        context = ssl.create_default_context()
        if self.ca is not None:
            try:
                context.load_verify_locations(cadata=Path(self.ca).read_text())
            except (OSError, ValueError, ssl.SSLError) as error:
                raise ConfigurationError(f"ca: {self.ca} is no PEM file of certificates ({error})") from None
        return context


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.hostname and parts.port != 0 and not (parts.username or parts.query or parts.fragment)
    except ValueError:
        usable = False
    if not usable:
        # Not the text itself: a password may be in it.
        raise ConfigurationError("the platform's URL is none such as https://api.spark.example.org: check it")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _local):
        raise ConfigurationError(f"{url}: tokens go over https:// alone (http:// only to this machine)")
