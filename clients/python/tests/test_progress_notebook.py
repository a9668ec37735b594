"""In a notebook the state is told in one place, and the log below it."""

from __future__ import annotations

import nbformat
from nbclient import NotebookClient

CELL = """
from types import SimpleNamespace
from sparkplatform.progress import show_progress

def job(state):
    return SimpleNamespace(id="alice-1", state=state, reason=None, queue_position=None)

with show_progress() as progress:
    progress.update(job("<QUEUED>"))
    progress.line("first <b>")
    progress.update(job("RUNNING"))
    progress.line("second")
"""


def test_the_state_is_renewed_in_place_and_no_line_is_lost() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    shown = [output for output in outputs if output.output_type == "display_data"]
    assert [output.data["text/plain"] for output in shown] == ["alice-1 RUNNING 0:00"]
    assert "".join(o.text for o in outputs if o.output_type == "stream") == "first <b>\nsecond\n"
