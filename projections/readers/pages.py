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
