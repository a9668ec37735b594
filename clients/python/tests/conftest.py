"""No test sees the tokens and the settings of whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from command import JOB
from fake_gateway import FakeGateway
from gateway_samples import ACCESS


@pytest.fixture(autouse=True)
def own_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A token file of the test's own, and nothing of the environment's."""
    for name in ("URL", "TOKEN", "CA", "CLUSTER"):
        monkeypatch.delenv(f"SPARKPLATFORM_{name}", raising=False)
    folder = tmp_path / "tokens"
    monkeypatch.setenv("SPARKPLATFORM_CONFIG_DIR", str(folder))
    return folder


@pytest.fixture
def gateway(own_tokens: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeGateway]:
    """A gateway that the environment names, with an access token, in a folder with `job.py`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPARKPLATFORM_TOKEN", ACCESS)
    (tmp_path / "job.py").write_text(JOB)
    with FakeGateway() as running:
        monkeypatch.setenv("SPARKPLATFORM_URL", running.url)
        yield running
