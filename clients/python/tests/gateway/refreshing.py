"""What a process of its own does, which shares its token file with others."""

from __future__ import annotations

from sparkplatform import SparkPlatform


def whoami(url: str) -> str:
    """Asks the gateway, and so refreshes the token where that has ended."""
    with SparkPlatform(url) as platform:
        return platform.whoami().name
