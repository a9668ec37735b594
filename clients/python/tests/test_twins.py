"""The two clients are one text, and loading them is cheap."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import sparkplatform
from sparkplatform import AsyncJob, AsyncSparkPlatform, Job, SparkPlatform

project = Path(__file__).parents[1]


def test_the_sync_twin_is_made_of_the_async_one() -> None:
    made = subprocess.run(
        [sys.executable, project / "scripts" / "generate_sync.py", "--check"], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_twins_have_the_same_methods_with_the_same_arguments() -> None:
    for one, other in ((SparkPlatform, AsyncSparkPlatform), (Job, AsyncJob)):
        names = {name for name in dir(one) if not name.startswith("_")}
        assert names - {"close"} == {name for name in dir(other) if not name.startswith("_")} - {"aclose"}
        for name in names - {"close"}:
            if inspect.isfunction(getattr(one, name)):
                arguments = [list(inspect.signature(getattr(kind, name)).parameters) for kind in (one, other)]
                assert arguments[0] == arguments[1], name


def test_everything_public_has_a_description() -> None:
    for name in sparkplatform.__all__:
        thing = getattr(sparkplatform, name)
        assert inspect.getdoc(thing), name


def test_the_package_loads_no_http_client() -> None:
    program = "import sys; from sparkplatform import SparkPlatform; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"httpx", "rich", "click", "asyncio"} & set(loaded.stdout.split())
