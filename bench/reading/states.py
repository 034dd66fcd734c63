"""The states that are measured: two sizes, with and without merges, and with parts that are not merged yet.

What took long to make is kept from run to run, in databases named after the layout of the tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client

from bench.reading.base import Base, recipe
from bench.reading.growth import copy, follow, load, merge
from bench.reading.place import Place, clone, layout, optimize, tables

MERGES = 10_000
_FRESH_PARTS, _FRESH_ROWS = 5, 10_000
#: A copy's number that no size reaches, for events that came after the last merge of parts.
_FRESH_COPY = 500


@dataclass(frozen=True)
class State:
    """One state of the tables.

    Attributes:
        name: for people and in the results.
        size: events, in bases.
        merged: whether contacts were merged.
        fresh: whether five parts of fresh data lie on top.
    """

    name: str
    size: int
    merged: bool = False
    fresh: bool = False


class Museum:
    """Makes states of a base, and keeps the plain ones."""

    def __init__(self, place: Place, base: Base) -> None:
        self._place = place
        self.base = base
        self._suffix = f"{base.events}_{recipe()}_{layout()}"
        for stale in place.databases():
            if not stale.endswith(self._suffix):
                place.drop(stale)

    def plain(self, size: int) -> str:
        """The database with that many bases, all parts merged, made if it is missing."""
        name = f"reading_{size}x_{self._suffix}"
        if not self._place.databases().get(name):
            source = None if size == 1 else self.plain(1)
            self._place.drop(name)
            with self._place.client(name) as client:
                self._grow(client, size, source)
                client.command("CREATE VIEW complete AS SELECT 1")
        return name

    def _grow(self, client: Client, size: int, source: str | None) -> None:
        if source is None:
            load(client, self.base)
        else:
            clone(client, source)
            for number in range(1, size):
                copy(client, source, number)
            follow(client)
        optimize(client)

    @contextmanager
    def show(self, state: State, spared: list[str]) -> Iterator[Client]:
        """A client of a database in that state; whatever was made only for it is dropped afterwards.

        Arguments:
            state: which.
            spared: contacts that no merge may touch.
        """
        plain = self.plain(state.size)
        if not (state.merged or state.fresh):
            with self._place.client(plain) as client:
                yield client
            return
        name = f"reading_shown_{self._suffix}"
        self._place.drop(name)
        try:
            with self._place.client(name) as client:
                clone(client, plain)
                if state.merged:
                    merge(client, MERGES, spared)
                    optimize(client)
                if state.fresh:
                    self._freshen(client)
                yield client
        finally:
            self._place.drop(name)

    def _freshen(self, client: Client) -> None:
        for table in tables():
            client.command(f"SYSTEM STOP MERGES {table}")
        source = self.plain(1)
        shares = max(1, self.base.events // _FRESH_ROWS)
        for share in range(_FRESH_PARTS):
            copy(client, source, _FRESH_COPY, share % shares, shares)
        follow(client)
