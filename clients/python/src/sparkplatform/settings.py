"""Where the platform is and how it is reached: arguments, then the environment, then the last login."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import SparkPlatformError

if TYPE_CHECKING:
    from .tokens import TokenFile

_local = ("http://127.0.0.1", "http://localhost", "http://[::1]")


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
        """Raises SparkPlatformError where nobody says where the platform is, or its token would go about in plain."""
        env = os.environ.get
        found = (url or env("SPARKPLATFORM_URL") or tokens.last_url() or "").rstrip("/")
        if not found:
            raise SparkPlatformError(
                "nobody says where the platform is: give SparkPlatform its URL, set SPARKPLATFORM_URL, "
                "or log in once: sparkplatform login --url https://…"
            )
        if not found.startswith("https://") and not found.startswith(_local):
            raise SparkPlatformError(f"{found}: tokens go over https:// alone (http:// only to this machine)")
        return cls(
            url=found,
            token=token or env("SPARKPLATFORM_TOKEN") or None,
            ca=os.fspath(ca) if ca else env("SPARKPLATFORM_CA") or None,
            cluster=cluster or env("SPARKPLATFORM_CLUSTER") or None,
            timeout=timeout,
            proxy=proxy,
        )

    def trust(self) -> ssl.SSLContext:
        """Certificates of this machine's authorities, and of ``ca``. Raises SparkPlatformError where that is no PEM."""
        context = ssl.create_default_context()
        if self.ca is not None:
            try:
                context.load_verify_locations(cadata=Path(self.ca).read_text())
            except (OSError, ValueError, ssl.SSLError) as error:
                raise SparkPlatformError(f"ca: {self.ca} is no PEM file of certificates ({error})") from None
        return context
