"""How answers are printed: tables for people, JSON and CSV for machines."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.lines import LINE_BREAKS

#: Columns of what is piped or redirected, where no terminal says how wide it is.
_PIPED_WIDTH = 160
_BREAKS = re.compile(f"[\t{LINE_BREAKS}]+")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
#: Characters that turn the direction of what stands behind them, and so could make a line read as another.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: What JSON does not escape by itself, and is no mere letter to a terminal: DEL, the second set of controls, line ends.
_OBEYED = re.compile(f"[\x7f-\x9f\u2028\u2029{''.join(_BIDI)}]")


def wide_console() -> Console:
    """A console as wide as its terminal, or wide enough for a line if there is no terminal."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PIPED_WIDTH)


def plain(value: Any) -> Any:
    """A value as JSON knows it: instants in ISO 8601 with milliseconds, in UTC."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def json_line(value: Any) -> str:
    """A value as JSON on one line. Control characters are escaped, which changes nothing for a parser."""
    text = json.dumps(value, ensure_ascii=False)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def print_json(rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line."""
    for row in rows:
        typer.echo(json_line({name: plain(value) for name, value in row.items()}))


def print_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A header, and one record a row; lists as JSON, what is NULL as nothing."""
    # With `color`, or escape sequences in the data would be taken out of them.
    typer.echo(_csv_line(columns), color=True)
    for row in rows:
        typer.echo(_csv_line([_csv_cell(row[name]) for name in columns]), color=True)


def _csv_cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else plain(value)


def _csv_line(cells: Sequence[Any]) -> str:
    # Written with CR LF, because the writer quotes those line breaks that it ends lines with, and a cell may hold both.
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n")


def local_time(value: datetime | None) -> str:
    """An instant in the terminal's zone; nothing for none."""
    if value is None:
        return ""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return f"{aware.astimezone():%Y-%m-%d %H:%M:%S}"


def one_row(value: Any) -> str:
    """A text on one line of a terminal, unable to do anything there but be read.

    Line breaks and tabs become blanks. Other control characters, which could move the cursor or recolour the
    screen, those that turn the direction of writing, and bytes that are no UTF-8 are shown as their escapes.
    """
    text = _BREAKS.sub(" ", "" if value is None else str(value))
    return "".join(_escaped(char) if _is_obeyed(char) else char for char in text)


def _is_obeyed(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char in _BIDI


def say(line: Any, *, err: bool = False) -> None:
    """Write a line for people, whatever names of files, fields or topics it quotes."""
    typer.echo(one_row(line), err=err)


def tell(line: str) -> None:
    """One line beside the answer, on stderr, so that pipes do not see it."""
    say(line, err=True)


def _escaped(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"


def coloured(name: Any, color: str | None) -> Text:
    """A name behind a dot in its colour; without the dot where it has none."""
    text = Text()
    if color and _COLOR.fullmatch(color):
        text.append("● ", style=color)
    return text.append(one_row(name))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str | None = None) -> None:
    """A table for people. What came from events is shown as it is, never read as markup."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(one_row(cell)) for cell in row))
    wide_console().print(table)
