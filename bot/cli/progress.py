"""Open this for the bar that long work shows on a terminal; elsewhere nothing is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[float], None]  # takes the share that is done


@contextmanager
def progress(work: str) -> Iterator[Progress]:
    """Show on standard error that `work` goes on, and how far it is once that is told."""
    if not sys.stderr.isatty():
        yield lambda _share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(work, total=None)
        yield lambda share: bar.update(task, total=1.0, completed=share)
