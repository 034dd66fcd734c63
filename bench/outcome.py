"""An outcome: what one section of the benchmark found, for people and for machines."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    """One line of a section's table.

    Attributes:
        what: what was measured.
        value: the figure as it is shown.
        limit: what is asked of it; empty where nothing is.
        met: whether it is reached; None where nothing is asked.
    """

    what: str
    value: str
    limit: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Outcome:
    """One section.

    Attributes:
        name: its key in `latest.json`.
        title: of its table.
        lines: the table.
        figures: for machines.
        raw: the single measurements.
    """

    name: str
    title: str
    lines: list[Line]
    figures: dict[str, Any]
    raw: Any = field(default=None)


def at_most(what: str, value: float, limit: float, shown: str) -> Line:
    """A line whose value must not be greater."""
    return Line(what, shown, f"≤ {limit:g}", value <= limit)


def at_least(what: str, value: float, limit: float, shown: str) -> Line:
    """A line whose value must not be less."""
    return Line(what, shown, f"≥ {limit:g}", value >= limit)
