"""Progress bars for long work, on a terminal only; elsewhere they would be noise in a log."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Advance(Protocol):
    """Tells the bar that work was done."""

    def __call__(self, steps: int) -> None:
        """Move on by so many steps."""


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Advance]:
    """Show a bar on stderr while the block runs.

    Arguments:
        label: what is being done.
        total: how many steps there are; None if that is not known.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda steps: bar.advance(task, steps)
