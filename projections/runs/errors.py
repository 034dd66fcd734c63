"""What a rebuild may end with."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done and how much there is. Each step is told before anything of it is done."""


class RebuildError(Exception):
    """The rebuild was not carried out to its end; the message is one line that says what stands now."""
