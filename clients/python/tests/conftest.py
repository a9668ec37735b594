"""No test sees the tokens and the settings of whoever runs it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A token file of the test's own, and nothing of the environment's."""
    for name in ("URL", "TOKEN", "CA", "CLUSTER"):
        monkeypatch.delenv(f"SPARKPLATFORM_{name}", raising=False)
    folder = tmp_path / "tokens"
    monkeypatch.setenv("SPARKPLATFORM_CONFIG_DIR", str(folder))
    return folder
