"""A result in any format while the engine computes it, by way of a pipe.

chDB's own streams are a series of documents, which only few formats can be put together from. INTO OUTFILE writes one
document, and it may be a pipe that is open in this process.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Mapping

from deploy.local.clickhouse_http.engine import Connection, Stats
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.sql import Statement

_PIECE = 256 << 10
_BETWEEN_KILLS = 0.05


class PipedQuery:
    """One query whose result goes into a pipe, on a thread of its own. `kill` stops whatever the connection runs."""

    def __init__(
        self,
        connection: Connection,
        statement: Statement,
        output: str,
        parameters: Mapping[str, str],
        stats: Stats,
        kill: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._statement = statement
        self._output = output
        self._parameters = parameters
        self._stats = stats
        self._kill = kill
        self._failed: ClickHouseError | None = None

    def pieces(self) -> Generator[bytes, None, None]:
        """The result in pieces, as they come. Raises `ClickHouseError`; closing it stops the query."""
        reading, writing = os.pipe()
        thread = threading.Thread(target=self._run, args=(writing,), name="pipe", daemon=True)
        thread.start()
        try:
            while piece := os.read(reading, _PIECE):
                self._stats.result_bytes += len(piece)
                yield piece
        finally:
            # Nobody reads any more: whatever is written from here on fails, and what only computes is killed.
            os.close(reading)
            thread.join(_BETWEEN_KILLS)
            while thread.is_alive():
                self._kill()
                thread.join(_BETWEEN_KILLS)
        if self._failed is not None:
            raise self._failed

    def _run(self, writing: int) -> None:
        try:
            sql = self._statement.into(f"/dev/fd/{writing}", self._output)
            for _ in self._connection.query(sql, self._output, self._parameters, self._stats):
                pass
        except ClickHouseError as error:
            self._failed = error
        finally:
            os.close(writing)
