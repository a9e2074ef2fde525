"""The bar that long work shows: on a terminal only, and never on standard output."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from tests.bot.processes import Shell
from tests.bot.warming import ROOT


def at_a_terminal(shell: Shell, *words: str) -> tuple[str, str]:
    """Run a command whose standard error is a terminal; return its output and what that saw."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
    ended = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=shell.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        timeout=60,
        check=True,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            seen += os.read(ours, 65_536)
        except OSError:  # all is read, and nobody writes any more
            break
    os.close(ours)
    return ended.stdout, seen.decode(errors="replace")


def test_bringing_jobs_in_shows_a_bar_on_a_terminal_and_nowhere_else(shell: Shell) -> None:
    rows = ["sheet_job_id,origin,destination", *(f"R-{n},Leeds,York" for n in range(20))]
    (shell.folder / "jobs.csv").write_text("\n".join(rows), encoding="utf-8")
    said, seen = at_a_terminal(shell, "jobs", "import", "jobs.csv")
    assert said == "20 added, 0 known already\n"
    assert "bringing jobs in" in seen
    quiet = shell.run("jobs", "import", "jobs.csv")
    assert (quiet.stdout, quiet.stderr) == ("0 added, 20 known already\n", "")
