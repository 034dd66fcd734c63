"""Entries of a journey, and messages, as pages show them: by day, with their fields unfolded."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from fastapi import Request

from pages.api.journey import journey_page
from pages.html.formats import Formats
from pages.problems import invalid
from projections.readers.journey import JourneyEntry, Span
from projections.readers.pages import Page
from schemas.catalogue import CATALOGUE

TITLES = tuple(dict.fromkeys(item.title for item in CATALOGUE if item.title))
MESSAGES = ("Incoming", "Outgoing", "Agent AI Response")
_PER_PAGE = 50

Entry = dict[str, Any]


@dataclass(frozen=True)
class Day:
    """The entries of one day, in the order of the journey."""

    name: str
    entries: list[Entry]


@dataclass(frozen=True)
class Timeline:
    """A page of a journey.

    Attributes:
        days: its entries.
        next: the cursor of the page behind it; None at the end.
    """

    days: list[Day]
    next: str | None


@dataclass(frozen=True)
class Choice:
    """Which entries are shown.

    Attributes:
        titles, category, order: as the API has them; '' for any category.
        kept: the other parameters of the page, which a form has to carry along.
    """

    titles: list[str]
    category: str
    order: str
    kept: list[tuple[str, str]]
    all_titles: tuple[str, ...] = TITLES

    @classmethod
    def of(cls, request: Request) -> "Choice":
        """The choice that the URL holds.

        Raises:
            ProblemError: 422, there is no such category or order.
        """
        query = request.query_params
        category, order = query.get("category") or "", query.get("order") or "newest"
        if category not in ("", "internal", "external"):
            raise invalid("category", "is one of internal, external")
        if order not in ("newest", "oldest"):
            raise invalid("order", "is one of newest, oldest")
        own = ("title", "category", "order", "cursor", "lang")
        kept = [(name, value) for name, value in query.multi_items() if name not in own]
        return cls([title for title in query.getlist("title") if title], category, order, kept)


def timeline(read: Callable[[Span], Page[JourneyEntry]], choice: Choice, cursor: str | None, f: Formats) -> Timeline:
    """A page of a journey by day.

    Arguments:
        read: reads a span.
        choice: which entries.
        cursor: of the page.
        f: formats.
    """
    ask = journey_page(read, choice.titles, [choice.category] if choice.category else None, choice.order)
    page, next_of = ask(cursor, _PER_PAGE)
    return Timeline(_by_day([_entry(row) for row in page.rows], f), next_of() if page.has_more else None)


def messages(read: Callable[[Span], Page[JourneyEntry]], cursor: str | None, f: Formats) -> Timeline:
    """A page of the messages, the oldest first; its `next` leads to older ones."""
    page, next_of = journey_page(read, list(MESSAGES), None, "newest")(cursor, _PER_PAGE)
    rows = [_entry(row) | {"text": _text(row)} for row in reversed(page.rows)]
    return Timeline(_by_day(rows, f), next_of() if page.has_more else None)


def _by_day(entries: Sequence[Entry], f: Formats) -> list[Day]:
    by_day = groupby(entries, key=lambda entry: f.local(entry["occurred_at"]).date())
    found = [list(group) for _, group in by_day]
    return [Day(f.day(group[0]["occurred_at"]), group) for group in found]


def _entry(row: JourneyEntry) -> Entry:
    return {**row, "fields": list(_fields(_data(row)))}


def _data(row: JourneyEntry) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(row["data"]))


def _fields(data: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in data.items():
        if isinstance(value, dict):
            found += _fields(value, f"{prefix}{name}.")
        elif value is not None:
            found.append((prefix + name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    return found


def _text(row: JourneyEntry) -> str:
    data = _data(row)
    return str(data.get("text") or f"[{data.get('message_type') or 'message'}]")
