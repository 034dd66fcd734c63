"""The plots: the rates of all contestants, and where the CPU time of an event goes."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure as Canvas

from bench.figures import figure
from bench.outcome import Outcome
from bench.registry import CEILING, CONTESTANTS, JEJAK
from bench.throughput import Run

_COLORS = {JEJAK: "#3182bd", CEILING: "#bdbdbd"}
_PEER, _GATED = "#fd8d3c", "#fdd0a2"


def draw_throughput(path: Path, runs: Sequence[Run]) -> Path:
    """A bar a contestant, with the spread of its rounds."""
    ran = {run.contestant for run in runs}
    items = [item for item in CONTESTANTS if item.name in ran]
    items.sort(key=lambda item: figure(runs, item.name, "events_per_second").median)
    found = [figure(runs, item.name, "events_per_second") for item in items]
    canvas = Canvas(figsize=(9, 0.42 * len(items) + 1.4), layout="constrained")
    axes = canvas.subplots()
    colors = [_COLORS.get(item.name, _GATED if item.gated else _PEER) for item in items]
    middle = [rate.median for rate in found]
    spread = [[rate.median - rate.low for rate in found], [rate.high - rate.median for rate in found]]
    bars = axes.barh([item.title for item in items], middle, xerr=spread, color=colors, capsize=3)
    axes.bar_label(bars, [f"{rate:,.0f}" for rate in middle], padding=8, fontsize=8)
    axes.set_xlabel("events per second from the broker into all views; median, least and greatest of the rounds")
    axes.margins(x=0.12)
    axes.spines[["top", "right"]].set_visible(False)
    canvas.savefig(path, dpi=130)
    return path


def draw_profile(path: Path, outcome: Outcome) -> Path:
    """Two stacked bars: the worker by what it does, ClickHouse by view."""
    canvas = Canvas(figsize=(10, 5), layout="constrained")
    for axes, name, title in zip(
        canvas.subplots(1, 2), ("worker_us", "clickhouse_us"), ("worker", "ClickHouse, each view alone"), strict=True
    ):
        parts = {key: value for key, value in outcome.figures[name].items() if key != "all"}
        parts = dict(sorted(parts.items(), key=lambda item: item[1]))
        bars = axes.barh(list(parts), list(parts.values()), color=_COLORS[JEJAK])
        axes.bar_label(bars, [f"{value:.2f}" for value in parts.values()], padding=3, fontsize=8)
        axes.set_title(title)
        axes.set_xlabel("CPU microseconds per event")
        axes.margins(x=0.15)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    canvas.savefig(path, dpi=130)
    return path
