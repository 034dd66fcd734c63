"""Charts as SVG that the server draws: bars of leads by day, or by month where there are many days, and sources."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_MOST_DAYS = 92
_MOST_SOURCES = 8
_STEP, _HEIGHT = 10, 112


@dataclass(frozen=True)
class Bar:
    """One bar, in the units of the drawing.

    Attributes:
        day: its day or month, by ISO 8601.
        since, until: the days that it stands for; until is exclusive.
        leads: how many.
        x, height: where it stands and how high it is.
        step: how far the next bar is.
    """

    day: str
    since: str
    until: str
    leads: int
    x: int
    height: float
    step: int = _STEP


@dataclass(frozen=True)
class Chart:
    """Bars beside each other."""

    bars: list[Bar]
    by_month: bool

    @property
    def width(self) -> int:
        """The width of the drawing; a few bars are not drawn wider than many."""
        return max(len(self.bars), 20) * _STEP


def chart_of(by_day: list[dict[str, Any]]) -> Chart:
    """The bars of a summary's days, without a gap."""
    by_month = len(by_day) > _MOST_DAYS
    counts: dict[str, int] = {}
    for item in by_day:
        name = item["day"][:7] if by_month else item["day"]
        counts[name] = counts.get(name, 0) + item["leads"]
    most = max(counts.values(), default=0)
    bars = [
        Bar(name, *_span(name), leads, number * _STEP, round(_HEIGHT * leads / most, 1) if most else 0)
        for number, (name, leads) in enumerate(counts.items())
    ]
    return Chart(bars, by_month)


def _span(name: str) -> tuple[str, str]:
    if len(name) == len("2026-02"):
        first = date.fromisoformat(f"{name}-01")
        return first.isoformat(), (first + timedelta(days=31)).replace(day=1).isoformat()
    first = date.fromisoformat(name)
    return name, (first + timedelta(days=1)).isoformat()


def sources_of(by_source: list[dict[str, Any]], total: int) -> list[dict[str, Any]]:
    """The largest sources, with their share and the filter that shows them alone."""
    return [
        item
        | {
            "share": item["leads"] / total,
            "percent": round(100 * item["leads"] / total, 1),
            "filter": item["id"] or item["source"],
            "origin": None if item["source"] else "organic",
        }
        for item in by_source[:_MOST_SOURCES]
    ]
