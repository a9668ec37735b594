"""Makes `_sync` of `_async`. `--check`: only says whether it is what it would become."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

import unasync

package = Path(__file__).parents[1] / "src" / "sparkplatform"
replacements = {
    "AsyncClient": "Client",
    "AsyncExitStack": "ExitStack",
    "AsyncFileLock": "FileLock",
    "AsyncJob": "Job",
    "AsyncRetrying": "Retrying",
    "AsyncSession": "Session",
    "AsyncSparkPlatform": "SparkPlatform",
    "AsyncTransport": "Transport",
    "Awaitable": "_Now",
    "aclose": "close",
    "aiter_lines": "iter_lines",
    "aread": "read",
    "async_sleep": "sync_sleep",
    "asynccontextmanager": "contextmanager",
}


def generate(target: Path) -> None:
    """Writes the twin's files."""
    rule = unasync.Rule(
        fromdir=str(package / "_async"), todir=str(target), additional_replacements=replacements
    )
    unasync.unasync_files([str(each) for each in (package / "_async").glob("*.py")], [rule])
    for file in target.glob("*.py"):
        text = file.read_text()
        # unasync knows words, and this is a type of one.
        text = text.replace("_Now[object]", "object")
        text = text.replace(
            "from collections.abc import _Now, Callable", "from collections.abc import Callable"
        )
        file.write_text(
            f"# Generated from _async/{file.name} by scripts/generate_sync.py: do not edit.\n{text}"
        )
    ruff = Path(sysconfig.get_path("scripts")) / "ruff"
    config = ["--config", str(package.parents[1] / "pyproject.toml"), "--quiet"]
    subprocess.run([ruff, "check", "--fix", "--select", "I,F401", *config, target], check=True)
    subprocess.run([ruff, "format", *config, target], check=True)


def main() -> int:
    """Returns the exit code."""
    if "--check" not in sys.argv:
        generate(package / "_sync")
        return 0
    with TemporaryDirectory() as folder:
        generate(Path(folder))
        stale = [
            file.name
            for file in Path(folder).glob("*.py")
            if not (twin := package / "_sync" / file.name).exists() or twin.read_text() != file.read_text()
        ]
    if stale:
        print(f"_sync/{', '.join(stale)} is not made of _async: run python scripts/generate_sync.py")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
