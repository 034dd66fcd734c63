"""Pages: the first rows of an answer, and whether there are more."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from clickhouse_connect.driver.client import Client

from projections.query import ask

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of a list.

    Attributes:
        rows: in the list's order, at most as many as were asked for.
        has_more: whether the list goes on behind them.
    """

    rows: list[Row]
    has_more: bool

    @classmethod
    def of(cls, rows: list[Row], limit: int) -> "Page[Row]":
        """The page of an answer that was asked for with one row more than the limit."""
        return cls(rows[:limit], len(rows) > limit)


@dataclass(frozen=True)
class Behind:
    """The last row of the page before, which the next page begins behind.

    Attributes:
        ms: its instant, in milliseconds since 1970; None for a row without one.
        id: its id.
    """

    ms: int | None
    id: str


def behind_parameters(behind: Behind | None) -> dict[str, Any]:
    """The parameters by which queries of lists go on behind a row; None for their beginning."""
    ms, name = (behind.ms, behind.id) if behind else (None, "")
    return {"behind": int(behind is not None), "behind_ms": ms, "behind_id": name}


def read_page(client: Client, query: str, *, limit: int, **parameters: Any) -> Page[Any]:
    """Run a query that has a `limit`.

    Arguments:
        client: a client of Jejak's database.
        query: the query file's name without `.sql`.
        limit: how many rows at most.
        parameters: what else is bound to the query's places.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return Page.of(ask(client, query, limit=limit + 1, **parameters), limit)
