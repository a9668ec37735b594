"""The tutorial runs from its first cell to its last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from fake_gateway import FakeGateway
from gateway_samples import ACCESS
from nbclient import NotebookClient

if TYPE_CHECKING:
    import pytest

TUTORIAL = Path(__file__).parents[1] / "examples" / "tutorial.ipynb"


def test_every_cell_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    notebook = nbformat.read(TUTORIAL, as_version=4)
    with FakeGateway() as gateway:
        monkeypatch.setenv("SPARKPLATFORM_URL", gateway.url)
        monkeypatch.setenv("SPARKPLATFORM_TOKEN", ACCESS)
        monkeypatch.setenv("SPARKPLATFORM_CONFIG_DIR", str(tmp_path))
        client = NotebookClient(
            notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
        )
        client.execute()
    text = str([cell.get("outputs") for cell in notebook.cells])
    assert gateway.log[0] in text
    assert "alice-1 SUCCEEDED" in text, "the state is shown in place"
    assert "memory" in text, "the mistake is explained"
    assert ACCESS not in text
    assert [gateway.submitted(number)["name"] for number in (0, 1)] == [
        "word-count",
        "word-count-large",
    ]


def test_it_is_kept_without_output() -> None:
    notebook = nbformat.read(TUTORIAL, as_version=4)
    assert not [cell for cell in notebook.cells if cell.get("outputs")]
