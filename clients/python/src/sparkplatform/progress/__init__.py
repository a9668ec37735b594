"""Shows how a job is getting on: live in a terminal or a notebook, and as plain lines everywhere else."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from ._base import Progress, Watched, elapsed

__all__ = ["Progress", "Watched", "elapsed", "show_progress"]


def show_progress(log: TextIO | None = None) -> Progress:
    """The display that fits where this runs.

    A terminal or a notebook has a live one. What is redirected, a CI system (the variable ``CI``) and a
    terminal that cannot move its cursor (``TERM=dumb``) have a line with each change, with its time.

    ``log``: where the job's own lines go, by default standard output; the state goes to standard error.
    """
    log = sys.stdout if log is None else log
    if _in_notebook():
        from ._notebook import NotebookProgress

        return NotebookProgress(log)
    if _on_terminal():
        from ._terminal import TerminalProgress

        return TerminalProgress(log)
    from ._plain import PlainProgress

    return PlainProgress(log, sys.stderr)


def _on_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def _in_notebook() -> bool:
    """Whether this process is the kernel of a notebook. IPython in a terminal is a terminal."""
    ipython = sys.modules.get("IPython")
    if ipython is None:
        return False
    return type(ipython.get_ipython()).__name__ == "ZMQInteractiveShell"
