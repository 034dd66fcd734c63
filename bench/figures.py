"""From runs to figures: medians, spreads, and ratios within a round."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.outcome import Line, Outcome, at_least
from bench.registry import CEILING, CONTESTANTS, JEJAK, PLAIN_FAUST
from bench.throughput import Run

#: What is asked of Jejak's rate: of the ceiling's, of plain Faust's, of the fastest peer's.
OF_CEILING, OF_PLAIN_FAUST, OF_BEST_PEER = 0.8, 8.0, 1.25


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

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}–{self.high:.2f})"


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


def best_peer(runs: Sequence[Run], *, gated: bool = False) -> str | None:
    """The peer with the greatest median rate; None where none ran."""
    ran = {run.contestant for run in runs}
    peers = [item.name for item in CONTESTANTS if item.peer and item.gated is gated and item.name in ran]
    return max(peers, key=lambda name: figure(runs, name, "events_per_second").median, default=None)


def throughput_outcome(runs: Sequence[Run]) -> Outcome:
    """The ratios that are asked for, beside the rates of all contestants."""
    names = dict.fromkeys(run.contestant for run in runs)
    rates = {name: figure(runs, name, "events_per_second") for name in names}
    peer, gated = best_peer(runs), best_peer(runs, gated=True)
    others = {"ceiling": CEILING, "plain_faust": PLAIN_FAUST, "best_peer": peer, "best_gated_peer": gated}
    ratios = {key: found for key, name in others.items() if name and (found := ratio(runs, name))}
    figures: dict[str, Any] = {
        **{f"ratio_to_{key}": round(found.median, 3) for key, found in ratios.items()},
        "best_peer": peer,
        "best_gated_peer": gated,
        "events_per_second": {name: round(rate.median) for name, rate in rates.items()},
        "events_per_second_spread": {name: [round(rate.low), round(rate.high)] for name, rate in rates.items()},
        "ratio_spread": {key: [round(found.low, 3), round(found.high, 3)] for key, found in ratios.items()},
        "worker_cpu_us": {name: round(figure(runs, name, "worker_cpu_us").median, 2) for name in names},
        "clickhouse_cpu_us": {name: round(figure(runs, name, "clickhouse_cpu_us").median, 2) for name in names},
    }
    asked = {"ceiling": OF_CEILING, "plain_faust": OF_PLAIN_FAUST, "best_peer": OF_BEST_PEER}
    titles = {
        "ceiling": "the ceiling",
        "plain_faust": "plain Faust",
        "best_peer": f"the fastest peer, {peer}",
        "best_gated_peer": f"the fastest peer with Jejak's gate, {gated}",
    }
    lines = [
        at_least(f"Jejak, of {titles[key]}", found.median, asked[key], str(found))
        if key in asked
        else Line(f"Jejak, of {titles[key]}", str(found))
        for key, found in ratios.items()
    ]
    return Outcome("throughput", "Throughput: ratios", lines, figures, [asdict(run) for run in runs])
