"""The errors of a rebuild, and how its progress is reported."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the step, how much of it is done and how much there is; first before the step begins."""


class RebuildError(Exception):
    """The rebuild was not carried out to its end; the message is one line that says what stands now."""
