"""Sample: a few places of a table, for looks that are to be cheap however large it is."""

import random
from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

from projections.query import ask

_MOST_PLACES = 50

Part = tuple[str, int]
"""A part's name and its rows."""
Place = tuple[str, int, int]
"""A part's name, and from which row to which."""


def sampled(client: Client, source: str, place_rows: int, rows: int) -> str:
    """A condition that takes a few rows of a table, all of them where it is small.

    Arguments:
        client: a client of Jejak's database, on a single server.
        source: the table.
        place_rows: how many rows lie together.
        rows: how many rows there are to be, or a little more.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    parts = parts_of(client, source)
    return "1" if sum(count for _, count in parts) <= rows else any_of(drawn_places(parts, place_rows, rows))


def parts_of(client: Client, source: str) -> list[Part]:
    """The parts of a table, the newest first."""
    return [(row["name"], row["rows"]) for row in ask(client, "parts_of", table=source)]


def drawn_places(parts: Sequence[Part], place_rows: int, rows: int) -> list[Place]:
    """A place in the newest part, and in others, the greater the likelier, until there are enough rows.

    Arguments:
        parts: of a table, the newest first.
        place_rows: how many rows lie together.
        rows: how many there are to be.
    """
    others = sorted(parts[1:], key=lambda part: random.random() ** (1 / max(1, part[1])), reverse=True)  # noqa: S311
    places: list[Place] = []
    for part in [*parts[:1], *others][:_MOST_PLACES]:
        if sum(end - begin for _, begin, end in places) >= rows:
            break
        places.append(_somewhere(part, place_rows))
    return places


def _somewhere(part: Part, place_rows: int) -> Place:
    name, rows = part
    begin = random.randrange(max(1, rows - place_rows + 1))  # noqa: S311 - a sample
    return name, begin, min(rows, begin + place_rows)


def any_of(places: Sequence[Place]) -> str:
    """A condition. A part's name is ClickHouse's own and holds letters, digits and `_` only."""
    return (
        " OR ".join(
            f"(_part = '{name}' AND _part_offset >= {begin} AND _part_offset < {end})" for name, begin, end in places
        )
        or "0"
    )
