"""CSV (RFC 4180): a list as a file that spreadsheets open, safe from formulas in customers' texts.

Headers are the columns' names, times are in the workspace's zone, and lists are joined by commas. A text that a
spreadsheet would take for a formula gets a leading apostrophe (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import Request

from pages.times import in_zone

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def wants_csv(request: Request) -> bool:
    """Whether the client asks for CSV rather than JSON."""
    kinds = [kind.split(";")[0].strip().lower() for kind in request.headers.get("accept", "").split(",")]
    return "text/csv" in kinds and ("application/json" not in kinds or kinds.index("text/csv") == 0)


def lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], zone: str) -> Iterator[str]:
    """The file, line by line.

    Arguments:
        columns: the header.
        rows: what stands below it.
        zone: the time zone of instants.
    """
    yield _line(columns)
    for row in rows:
        yield _line([cell(row[name], zone) for name in columns])


def cell(value: Any, zone: str) -> str:
    """A value as a cell.

    Arguments:
        value: of a row.
        zone: the time zone of instants.
    """
    match value:
        case None:
            return ""
        case datetime():
            return in_zone(value, zone)
        case list() | tuple():
            return harmless(", ".join(map(str, value)))
        case str():
            return harmless(value)
    return str(value)


def harmless(text: str) -> str:
    """A text that no spreadsheet runs. A phone number's plus is none: nothing but digits follows it."""
    if text.startswith("+") and text[1:].isascii() and text[1:].isdigit():
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
