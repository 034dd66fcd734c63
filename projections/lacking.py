"""Lacking: finding read models that do not have what `events` has.

Workers prevent this (`projections/reach.py`). Rows that passed a view all the same, stored by an
older version or by hand while it was missing, are found here: some events are folded once more, and nothing may change.

A block is in `events` a moment before it is behind all views, and a failed one stays there until its worker has
sent it again. So what lacks is asked again a little later; what is really lacking lacks each time.
"""

import math
import random
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from projections.fold import Fold, folds
from projections.query import ask
from projections.sample import Part, Place, any_of, drawn_places, parts_of

#: A sample has so many rows, in places of half a granule of `events`: a small database is looked at whole.
_SAMPLE_ROWS = 3072
_PLACE_ROWS = 1024
#: A sample takes so long at most; views are taken in turn, another one first each time.
_SAMPLE_SECONDS = 3
#: A look at everything takes so many rows at a time, and so many at most: seconds each, not minutes.
_SHARE_ROWS = 2_000_000
_MOST_ROWS = 10_000_000
_ABOUT = {"events": "entity", "contact_roots": "contact_id"}
_LOOKS = 3
_WAIT_SECONDS = 1.0
#: ClickHouse's code for a query that takes longer than it may.
_TOO_LONG = 159


@dataclass(frozen=True)
class Lack:
    """A table that lacks something.

    Attributes:
        table: the table.
        read_model: the read model it serves.
        keys: how many of its keys lack or are behind, among those looked at.
        seen: how many those were.
    """

    table: str
    read_model: str
    keys: int
    seen: int

    def __str__(self) -> str:
        return (
            f"{self.read_model}: table {self.table} lacks or is behind in {self.keys} of {self.seen} keys that the "
            "stored events give; run `jejak rebuild`"
        )


def lacking_in_sample(client: Client) -> list[Lack]:
    """Look at a few places of the events, one of them new. Cheap, and likely to find what is not tiny.

    A table without any row is asked about all events, so that a read model that is empty is found in any case.

    Arguments:
        client: a client of Jejak's database, on a single server.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    sample = _Sample(client)
    empty = {row["name"] for row in ask(client, "table_rows") if not row["rows"]}
    some = sorted(folds(), key=lambda fold: (fold.target not in empty, random.random()))  # noqa: S311 - a sample
    return _lacking(client, some, sample.places, _SAMPLE_SECONDS, empty)


def lacking_anywhere(client: Client) -> list[Lack]:
    """Look at all events, or at ten million of them where there are more.

    Arguments:
        client: a client of Jejak's database, on a single server.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return _lacking(client, folds(), lambda source: _shares(source, parts_of(client, source)))


class _Sample:
    """The same places at each look, for as long as their parts are not merged away."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._drawn: dict[str, list[Place]] = {}

    def places(self, source: str) -> list[str]:
        """One condition for all of them."""
        parts = parts_of(self._client, source)
        if sum(rows for _, rows in parts) <= _SAMPLE_ROWS:
            return ["1"]
        drawn = self._drawn.get(source, [])
        if not drawn or {name for name, _, _ in drawn} - {name for name, _ in parts}:
            self._drawn[source] = drawn = drawn_places(parts, _PLACE_ROWS, _SAMPLE_ROWS)
        return [any_of(drawn)]


def _lacking(
    client: Client,
    some: Sequence[Fold],
    places: Callable[[str], list[str]],
    seconds: int = 0,
    empty: Collection[str] = (),
) -> list[Lack]:
    """What lacks at each of several looks. Only the first of them is at all views, and ends after so many seconds."""
    columns = _columns(client)
    until = time.monotonic() + (seconds or math.inf)
    found: list[Lack] = []
    for look in range(_LOOKS):
        if look:
            time.sleep(_WAIT_SECONDS)
        found = []
        where = {source: places(source) for source in {fold.source for fold in some}}
        for fold in some:
            if not look and time.monotonic() > until:
                break
            at_places = ["1"] if fold.target in empty else where[fold.source]
            answers = [_count(client, fold.lacking_sql(columns[fold.view.name], at), seconds) for at in at_places]
            if keys := sum(keys for _, keys in answers):
                found.append(Lack(fold.target, fold.view.file, keys, sum(seen for seen, _ in answers)))
        tables = {item.table for item in found}
        some = [fold for fold in some if fold.target in tables]
        if not some:
            break
    return found


def _count(client: Client, sql: str, seconds: int) -> tuple[int, int]:
    """How many keys there are, and how many are missing; both 0 if it exceeds its time (0: no limit)."""
    try:
        (seen, keys), *_ = client.query(sql, settings={"max_execution_time": seconds}).result_rows
    except DatabaseError as error:
        if not seconds or error.code != _TOO_LONG:
            raise
        return 0, 0
    return int(seen), int(keys)


def _columns(client: Client) -> dict[str, list[str]]:
    views = [fold.view.name for fold in folds()]
    return {row["view"]: list(row["names"]) for row in ask(client, "view_columns", views=views)}


def _shares(source: str, parts: Sequence[Part]) -> list[str]:
    """Conditions that take all rows, share by share, or as many shares as there is time for.

    By a hash of what a row is about: unlike parts, which are merged meanwhile, that stays.
    """
    shares = math.ceil(sum(rows for _, rows in parts) / _SHARE_ROWS)
    if shares <= 1:
        return ["1"]
    drawn = random.sample(range(shares), min(shares, _MOST_ROWS // _SHARE_ROWS))
    return [f"cityHash64(workspace_id, {_ABOUT[source]}) % {shares} = {share}" for share in drawn]
