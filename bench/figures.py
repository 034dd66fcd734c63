"""From runs to figures: medians, spreads, and ratios within a round."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.registry import CEILING, JEJAK, PLAIN_FAUST
from bench.throughput import Run
from bench.up import Start

#: What issue 2 asks of the ratio to plain Faust.
TARGET_RATIO_TO_PLAIN_FAUST = 8.0


@dataclass(frozen=True)
class Figure:
    """A median with the least and the greatest of the values it is of."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        """The figure of one or more values."""
        return cls(median(values), min(values), max(values))


def figure(runs: Sequence[Run], contestant: str, attribute: str) -> Figure:
    """One attribute of a contestant's runs."""
    return Figure.of([getattr(run, attribute) for run in runs if run.contestant == contestant])


def ratio(runs: Sequence[Run], other: str, contestant: str = JEJAK) -> Figure | None:
    """How many times as fast one contestant was as another in the same round; None where one of them did not run."""
    rates = {(run.contestant, run.round): run.events_per_second for run in runs}
    rounds = {run.round for run in runs}
    pairs = [(rates.get((contestant, number)), rates.get((other, number))) for number in sorted(rounds)]
    values = [mine / its for mine, its in pairs if mine and its]
    return Figure.of(values) if values else None


def summary(runs: Sequence[Run], start: Start) -> dict[str, Any]:
    """The figures for machines."""
    names = dict.fromkeys(run.contestant for run in runs)
    ratios = {name: ratio(runs, name) for name in (CEILING, PLAIN_FAUST)}
    medians = {f"ratio_to_{name}": round(found.median, 3) for name, found in ratios.items() if found}
    rates = {name: figure(runs, name, "events_per_second") for name in names}
    return {
        "throughput": {
            **medians,
            "events_per_second": {name: round(rate.median) for name, rate in rates.items()},
            "events_per_second_spread": {name: [round(rate.low), round(rate.high)] for name, rate in rates.items()},
            "ratio_spread": {name: [round(r.low, 3), round(r.high, 3)] for name, r in ratios.items() if r},
        },
        "start": {
            "ready_s": round(start.ready_seconds, 2),
            "first_row_s": round(figure(runs, JEJAK, "first_row_seconds").median, 2),
            "visible_s": round(max(start.visible_seconds), 3),
        },
    }
