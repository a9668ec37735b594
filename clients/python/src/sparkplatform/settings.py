"""Where the platform is and how it is reached: arguments, then the environment, then the last login."""

from __future__ import annotations

import os
import re
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
    #: PEM, to be trusted besides this machine's authorities.
    authorities: str | None = field(repr=False)
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
        """Raises ConfigurationError where nobody says where the platform is, or its token would go about in plain, or
        where ``ca`` is no PEM file.
        """
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
            authorities=_certificates(ca or env("SPARKPLATFORM_CA")) or tokens.authorities(found),
            cluster=cluster or env("SPARKPLATFORM_CLUSTER") or None,
            timeout=timeout,
            proxy=proxy,
        )

    def trust(self) -> ssl.SSLContext:
        """Certificates of this machine's authorities, and of the platform's."""
        context = ssl.create_default_context()
        if self.authorities is not None:
            context.load_verify_locations(cadata=self.authorities)
        return context


def _certificates(ca: str | os.PathLike[str] | None) -> str | None:
    """What a PEM file has of certificates, and nothing else: it may be kept. Raises ConfigurationError."""
    if not ca:
        return None
    try:
        text = Path(ca).read_text(encoding="utf-8", errors="replace")
        found = "".join(re.findall(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?", text))
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found)
    except (OSError, ValueError, ssl.SSLError) as error:
        raise ConfigurationError(f"ca: {os.fspath(ca)} is no PEM file of certificates ({error})") from None
    return found


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
