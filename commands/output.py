"""How answers are shown: tables for people, JSON for machines."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

#: Columns of what is piped or redirected, where no terminal says how wide it is.
_PIPED_WIDTH = 160


def wide_console() -> Console:
    """A console as wide as its terminal, and wide enough for a line where there is none."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PIPED_WIDTH)


def plain(value: Any) -> Any:
    """A value as JSON knows it: instants in ISO 8601 with milliseconds, in UTC."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def print_json(rows: Iterable[dict[str, Any]]) -> None:
    """One JSON object a line."""
    for row in rows:
        typer.echo(json.dumps({name: plain(value) for name, value in row.items()}, ensure_ascii=False))


def local_time(value: datetime) -> str:
    """An instant in the terminal's zone."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return f"{aware.astimezone():%Y-%m-%d %H:%M:%S}"


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str | None = None) -> None:
    """A table for people. What came from events is shown as it is, never read as markup."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    wide_console().print(table)
