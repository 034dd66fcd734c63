"""Running queries by their clients' ids: an id runs once at a time, and the total is limited."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from deploy.local.clickhouse_http.errors import ClickHouseError

# Beyond these, statements are refused: the last threads are for those that stop others.
MAX_QUERIES = 96


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
