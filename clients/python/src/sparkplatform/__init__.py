"""Runs Spark jobs on a spark-platform: two lines, from anywhere, without access to the cluster.

from sparkplatform import SparkPlatform

platform = SparkPlatform("https://api.spark.example.org", token=REFRESH_TOKEN)
job = platform.run(platform.default_manifest(), "job.py")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._async.client import AsyncSparkPlatform
    from ._async.job import AsyncJob
    from ._sync.client import SparkPlatform
    from ._sync.job import Job
    from .errors import (
        AuthenticationError,
        CertificateError,
        GatewayError,
        GatewayUnreachable,
        InvalidManifest,
        JobCancelled,
        JobFailed,
        NotFound,
        PermissionDenied,
        SparkPlatformError,
        TooManyRequests,
        WaitTimeout,
    )
    from .manifest import Manifest

__all__ = [
    "AsyncJob",
    "AsyncSparkPlatform",
    "AuthenticationError",
    "CertificateError",
    "GatewayError",
    "GatewayUnreachable",
    "InvalidManifest",
    "Job",
    "JobCancelled",
    "JobFailed",
    "Manifest",
    "NotFound",
    "PermissionDenied",
    "SparkPlatform",
    "SparkPlatformError",
    "TooManyRequests",
    "WaitTimeout",
]

_homes = {
    "AsyncJob": "._async.job",
    "AsyncSparkPlatform": "._async.client",
    "Job": "._sync.job",
    "Manifest": ".manifest",
    "SparkPlatform": "._sync.client",
}


def __getattr__(name: str) -> object:
    """Loads a name when it is asked for, so that `import sparkplatform` costs next to nothing (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_homes.get(name, ".errors"), __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
