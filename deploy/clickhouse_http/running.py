"""Which queries run under which id, so that a client can stop its own.

The engine gives every query an id of its own choosing and takes none. So the client's id travels as the setting
`log_comment`, by which the engine's id is found again, and KILL QUERY is rewritten to name that one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from deploy.clickhouse_http.engine import Engine
from deploy.clickhouse_http.errors import ClickHouseError
from deploy.clickhouse_http.sql import Statement, literal, quote, tokens

# Beyond these, statements are refused: the last threads are for those that stop others.
MAX_QUERIES = 96

_PREFIX = "query_id:"


def mark(query_id: str) -> str:
    """The `log_comment` of the query with this id."""
    return _PREFIX + query_id


class Running:
    """The ids of the queries that run now. Belongs to the event loop."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._closing = False
        self._idle = asyncio.Event()
        self._idle.set()

    def refuse_more(self) -> None:
        """Let nothing more begin."""
        self._closing = True

    async def drained(self, seconds: float) -> bool:
        """Wait until no query runs, but not longer than this; returns whether none does."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
        return self._idle.is_set()

    @contextmanager
    def entered(self, query_id: str, urgent: bool) -> Iterator[None]:
        """Count the query as running; an urgent one always may.

        Raises `ClickHouseError` while another with the same id does or too many do, and after `refuse_more`.
        """
        if self._closing:
            raise ClickHouseError(439, "The server is shutting down")
        if len(self._ids) >= MAX_QUERIES and not urgent:
            raise ClickHouseError(202, f"Too many simultaneous queries. Maximum: {MAX_QUERIES}.")
        if query_id in self._ids:
            raise ClickHouseError(216, f"Query with id = {query_id} is already running.")
        self._ids.add(query_id)
        self._idle.clear()
        try:
            yield
        finally:
            self._ids.discard(query_id)
            if not self._ids:
                self._idle.set()


def with_engine_ids(engine: Engine, statement: Statement) -> bytes:
    """The text of a KILL QUERY with the clients' query ids in it replaced by the engine's. Blocks."""
    text = statement.text
    names = [token for token in tokens(text) if token.text.startswith(b"'")]
    for token in reversed(names):
        given = literal(text[token.start : token.end])
        if engine_id := engine.query_id_of(mark(given)):
            text = text[: token.start] + quote(engine_id).encode() + text[token.end :]
    return text
