"""The report: tables for people, JSON for machines, a plot."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.reading.figures import Line, summary
from bench.reading.measure import Timing
from bench.reading.plot import draw
from bench.reading.storage import Storage

_RESULTS = Path(__file__).parents[1] / "results"
_COLUMNS = ("small", "large", "+ merges", "+ 5 parts", "events", "× faster", "× growth", "× merges")


def print_reading(console: Console, found: Sequence[Line], sizes: tuple[int, int]) -> None:
    """The table of questions, and what misses its target."""
    table = Table(
        title=f"Reading: {sizes[0]:,} and {sizes[1]:,} events",
        caption="ms for the asker over HTTP, medians; in brackets what ClickHouse says it executed, planning left out",
    )
    table.add_column("question")
    for title in _COLUMNS:
        table.add_column(title, justify="right")
    for line in found:
        style = "red" if line.missed() else ""
        table.add_row(line.question.title, *_cells(line), style=style)
    console.print(table)
    for line in found:
        for reason in line.missed():
            console.print(f"  [red]missed[/] {line.question.title}: {reason}", highlight=False)


def _cells(line: Line) -> list[str]:
    ratios = (line.speedup, line.growth, line.slowdown)
    return [
        _ms(line.small),
        f"{_ms(line.large)} ({line.large.server:,.0f})",
        _ms(line.merged),
        _ms(line.fresh),
        _ms(line.events),
        *(f"{ratio:,.1f}" if ratio else "–" for ratio in ratios),
    ]


def _ms(timing: Timing | None) -> str:
    return f"{timing.client:,.0f}" if timing else "–"


def print_storage(console: Console, storage: Storage) -> None:
    """The tables of bytes an event."""
    table = Table(title=f"Storage: {storage.total:.1f} bytes an event in all tables")
    for title in ("", "bytes an event", "×"):
        table.add_column(title, justify="right" if title else "left")
    for level, length in storage.ndjson.items():
        table.add_row(f"NDJSON, zstd level {level}", f"{length:.1f}", f"{storage.total / length:.2f}")
    table.add_section()
    for name, length in storage.tables.items():
        table.add_row(name, f"{length:.2f}", f"{length / storage.total:.2f}")
    table.add_section()
    for name, length in list(storage.columns.items())[:10]:
        table.add_row(name, f"{length:.2f}", f"{length / storage.total:.2f}")
    console.print(table)
    for reason in storage.missed():
        console.print(f"  [red]missed[/] storage: {reason}", highlight=False)


def write(
    about: dict[str, Any], found: list[Line], storage: Storage | None, sizes: tuple[int, int], suffix: str
) -> list[Path]:
    """Write the figures and the plot; returns the files that there are now.

    Arguments:
        about: what it was measured on.
        found: the figures of reading.
        storage: those of storage, if they were measured.
        sizes: events in both sizes.
        suffix: of the files' names; partial and quick runs leave those of the full one alone.
    """
    _RESULTS.mkdir(parents=True, exist_ok=True)
    data, picture = _RESULTS / f"reading{suffix}.json", _RESULTS / f"reading{suffix}.png"
    document = {
        "events": {"small": sizes[0], "large": sizes[1]},
        "reading": summary(found),
        "storage": storage.summary() if storage else None,
        **about,
    }
    data.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return [data, picture] if found and draw(picture, found, sizes) else [data]
