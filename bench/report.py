"""The report: tables for people, `bench/results/latest.json` for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import TARGET_RATIO_TO_PLAIN_FAUST, Figure, figure, ratio, summary
from bench.plan import Plan
from bench.registry import CONTESTANTS, JEJAK, PLAIN_FAUST
from bench.throughput import Run
from bench.up import READY_LIMIT_SECONDS, VISIBLE_LIMIT_SECONDS, Start

RESULTS = Path(__file__).parent / "results" / "latest.json"

_COLUMNS = ("events", "events/s", "spread", "of Jejak", "first row s", "worker µs", "ClickHouse µs", "broker µs")
_CPU = ("worker_cpu_us", "clickhouse_cpu_us", "broker_cpu_us")


def print_throughput(console: Console, runs: Sequence[Run]) -> None:
    """The table of contestants, fastest first, and the ratio that is promised."""
    table = Table(title="Throughput: backlog to views", caption="µs: CPU time per event")
    table.add_column("contestant")
    for title in _COLUMNS:
        table.add_column(title, justify="right")
    by_rate = sorted(CONTESTANTS, key=lambda item: -figure(runs, item.name, "events_per_second").median)
    for contestant in by_rate:
        table.add_row(*_row(runs, contestant.name, contestant.title))
    console.print(table)
    for contestant in by_rate:
        console.print(f"  [bold]{contestant.title}[/]: {contestant.does}", highlight=False)
    if found := ratio(runs, PLAIN_FAUST):
        verdict = _verdict(found.median >= TARGET_RATIO_TO_PLAIN_FAUST)
        console.print(
            f"Jejak / plain Faust: {_times(found)}, at least {TARGET_RATIO_TO_PLAIN_FAUST:g} asked: {verdict}"
        )


def _row(runs: Sequence[Run], name: str, title: str) -> list[str]:
    rate = figure(runs, name, "events_per_second")
    share = ratio(runs, JEJAK, name)
    return [
        title,
        f"{next(run.events for run in runs if run.contestant == name):,}",
        f"{rate.median:,.0f}",
        f"{rate.low:,.0f}–{rate.high:,.0f}",
        f"{share.median:.2f}" if share else "–",
        f"{figure(runs, name, 'first_row_seconds').median:.1f}",
        *(f"{figure(runs, name, attribute).median:.1f}" for attribute in _CPU),
    ]


def print_start(console: Console, start: Start) -> None:
    """The table of `jejak up`."""
    table = Table(title="jejak up, in an empty folder")
    for title in ("", "s", "limit", ""):
        table.add_column(title, justify="right" if title else "left")
    slowest, usual = max(start.visible_seconds), median(start.visible_seconds)
    ready, visible = READY_LIMIT_SECONDS, VISIBLE_LIMIT_SECONDS
    table.add_row("start → ready", f"{start.ready_seconds:.1f}", f"{ready:g}", _verdict(start.ready_seconds <= ready))
    table.add_row(
        f"append → journey, slowest of {len(start.visible_seconds)} (median {usual:.2f})",
        f"{slowest:.2f}",
        f"{visible:g}",
        _verdict(slowest <= visible),
    )
    console.print(table)


def _verdict(met: bool) -> str:
    return "[green]met[/]" if met else "[red]missed[/]"


def _times(found: Figure) -> str:
    return f"{found.median:.1f} times as fast ({found.low:.1f}–{found.high:.1f})"


def write(path: Path, plan: Plan, about: dict[str, Any], runs: Sequence[Run], start: Start) -> None:
    """Write the figures, what they were measured on, and the raw numbers of each run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = {"throughput": [asdict(run) for run in runs], "start": asdict(start)}
    document = {**summary(runs, start), "quick": plan.quick, **about, "raw": raw}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
