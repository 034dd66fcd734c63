"""The report: tables for people, `bench/results/latest.json` for machines."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import figure, ratio
from bench.outcome import Outcome
from bench.plan import Plan
from bench.registry import Contestant
from bench.throughput import Run

RESULTS = Path(__file__).parent / "results"

_COLUMNS = ("events", "events/s", "spread", "of {}", "first row s", "worker µs", "ClickHouse µs", "broker µs")
_CPU = ("worker_cpu_us", "clickhouse_cpu_us", "broker_cpu_us")


def print_runs(console: Console, title: str, runs: Sequence[Run], contestants: Sequence[Contestant]) -> None:
    """The table of contestants, fastest first, each beside the first that is named."""
    table = Table(title=title, caption="µs: CPU time per event")
    table.add_column("contestant")
    for column in _COLUMNS:
        table.add_column(column.format(contestants[0].title), justify="right")
    ran = {run.contestant for run in runs}
    by_rate = sorted(
        (item for item in contestants if item.name in ran),
        key=lambda item: -figure(runs, item.name, "events_per_second").median,
    )
    for contestant in by_rate:
        table.add_row(*_row(runs, contestants[0].name, contestant.name, contestant.title))
    console.print(table)
    for contestant in by_rate:
        console.print(f"  [bold]{contestant.title}[/]: {contestant.does}", highlight=False)


def _row(runs: Sequence[Run], base: str, name: str, title: str) -> list[str]:
    rate = figure(runs, name, "events_per_second")
    share = ratio(runs, base, name)
    return [
        title,
        f"{next(run.events for run in runs if run.contestant == name):,}",
        f"{rate.median:,.0f}",
        f"{rate.low:,.0f}–{rate.high:,.0f}",
        f"{share.median:.2f}" if share else "–",
        f"{figure(runs, name, 'first_row_seconds').median:.1f}",
        *(f"{figure(runs, name, attribute).median:.1f}" for attribute in _CPU),
    ]


def print_outcome(console: Console, outcome: Outcome) -> None:
    """A section's table."""
    table = Table(title=outcome.title)
    table.add_column("")
    for title in ("measured", "asked", ""):
        table.add_column(title, justify="right")
    for line in outcome.lines:
        table.add_row(line.what, line.value, line.limit, _verdict(line.met))
    console.print(table)


def _verdict(met: bool | None) -> str:
    return {None: "", True: "[green]met[/]", False: "[red]missed[/]"}[met]


def write(plan: Plan, about: dict[str, Any], outcomes: Sequence[Outcome]) -> Path:
    """Write the figures, what they were measured on, and the single measurements; a quick run beside the full one's."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / ("latest-quick.json" if plan.quick else "latest.json")
    figures = {outcome.name: outcome.figures for outcome in outcomes}
    raw = {outcome.name: outcome.raw for outcome in outcomes if outcome.raw is not None}
    document = {**figures, "quick": plan.quick, **about, "raw": raw}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
