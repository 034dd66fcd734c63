"""Running one statement of one request. Everything here blocks, so it belongs on a worker thread."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from tempfile import SpooledTemporaryFile

from deploy.local.clickhouse_http import files, formats, native_protocol, outcome, processes, scope
from deploy.local.clickhouse_http.engine import Connection, Engine, Inserter, Stats
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.pipe import PipedQuery
from deploy.local.clickhouse_http.request import QueryRequest
from deploy.local.clickhouse_http.session import Session
from deploy.local.clickhouse_http.sql import Statement

# As much of a result as the real server holds back before it commits to a status.
HELD_BACK = 1 << 20
# With wait_end_of_query all is held back, beyond this size in a temporary file.
IN_MEMORY = 32 << 20

_STREAMED_VERBS = frozenset({"SELECT", "WITH", "FROM", ""})

Pieces = Generator[bytes, None, None]


class Execution:
    """A statement on its way. Its methods run one after another, on whatever threads.

    Either `begin_insert`, `append` and `finish_insert`, or `begin` and `piece`; and `close` in the end, always.
    """

    def __init__(self, engine: Engine, session: Session, request: QueryRequest, statement: Statement) -> None:
        self.request = request
        self.stats = Stats()
        self._engine = engine
        self._session = session
        self._statement = statement
        self._connection: Connection | None = None
        self._inserter: Inserter | None = None
        self._before = outcome.Tally(0, {})
        self._pieces: list[Pieces] = []

    @property
    def output(self) -> str:
        """The format of the result."""
        named = None if self._statement.takes_data else self._statement.format
        return named or self.request.default_format or formats.DEFAULT_FORMAT

    def begin_insert(self) -> None:
        """Begin an INSERT whose rows follow. Raises `ClickHouseError`."""
        connection = self._open()
        scope.bind(connection, self.request)
        data_format = self._statement.format or "Values"
        self._before = outcome.tally(connection)
        self._inserter = connection.insert(self._statement.text, data_format, self.stats)

    def append(self, data: bytes) -> None:
        """Hand on bytes of the rows. Raises `ClickHouseError` for rows that cannot be read."""
        if self._inserter is not None:
            self._inserter.append(data)

    def finish_insert(self) -> None:
        """Store the rows: when this returns they are. Raises `ClickHouseError`."""
        if self._inserter is not None and self._connection is not None:
            ids = processes.ids_of(self._engine, self.request.query_id)
            self._inserter.finish()
            outcome.check(self._connection, self._before, ids[0] if ids else "")
        self.close()

    def begin(self) -> tuple[bytes, bool]:
        """Run a statement without data; returns the first `HELD_BACK` bytes or more of its result.

        The flag says whether these are all, as they are of small results. With `wait_end_of_query` the statement
        has been run to its end in any case. Raises `ClickHouseError`.
        """
        pieces = self._result(self._open())
        self._pieces.append(pieces)
        if self.request.wait_end:
            pieces = _spooled(pieces)
            self._pieces.append(pieces)
        held: list[bytes] = []
        size = 0
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= HELD_BACK:
                return b"".join(held), False
        self.close()
        return b"".join(held), True

    def piece(self) -> bytes | None:
        """The next piece of the result, None at its end. Raises `ClickHouseError`."""
        return next(self._pieces[-1], None)

    @property
    def closed(self) -> bool:
        """Whether nothing is left to `close`."""
        return self._connection is None

    def close(self) -> None:
        """Stop what still runs, and give the connection back. May be called again."""
        while self._pieces:
            with suppress(ClickHouseError):
                self._pieces.pop().close()
        if self._inserter is not None:
            with suppress(ClickHouseError):
                self._inserter.cancel()
            self._inserter = None
        if self._connection is not None:
            self._session.give_back(self._connection)
            self._connection = None

    @property
    def only_reads(self) -> bool:
        """Whether the statement changes nothing."""
        return scope.only_reads(self._statement)

    def kill(self) -> None:
        """Stop the statement, from any thread."""
        processes.stop(self._engine, self.request.query_id)

    def progress(self) -> processes.Progress | None:
        """How far the statement is, from any thread."""
        return processes.progress_of(self._engine, self.request.query_id)

    def _open(self) -> Connection:
        files.check(self._statement.text, self.request.parameters, self._engine.user_files)
        self._connection = self._session.open(self._engine, self.request, self._statement)
        return self._connection

    def _result(self, connection: Connection) -> Pieces:
        statement, parameters, stats = self._statement, self.request.parameters, self.stats
        if statement.verb == "INSERT" and statement.reads_input:
            # The engine would find no data, insert nothing and report success.
            raise ClickHouseError(344, "INSERT ... SELECT FROM input() is not supported by the embedded ClickHouse")
        if processes.kills_queries(statement):
            return processes.kill(connection, statement, parameters, self.output, stats)
        if self.output.upper() == "NATIVE" and native_protocol.wants_more(self.request.protocol):
            return self._native(connection)
        if statement.verb not in _STREAMED_VERBS or self.output.upper() not in self._engine.formats:
            return connection.query(statement.text, self.output, parameters, stats)
        if self._comes_in_documents():
            return self._documents(connection)
        return PipedQuery(connection, statement, self.output, parameters, stats, self.kill).pieces()

    def _native(self, connection: Connection) -> Pieces:
        text, protocol = self._statement.text, self.request.protocol
        if self._comes_in_documents() and self._statement.verb in _STREAMED_VERBS:
            for piece in connection.stream(text, self.output, self.request.parameters, self.stats):
                yield native_protocol.block(piece, protocol)
        else:
            whole = b"".join(connection.query(text, self.output, self.request.parameters, self.stats))
            yield native_protocol.blocks(whole, protocol)

    def _documents(self, connection: Connection) -> Pieces:
        text, parameters, stats = self._statement.text, self.request.parameters, self.stats
        empty = True
        for piece in connection.stream(text, self.output, parameters, stats):
            yield piece if empty else formats.without_head(self.output, piece)
            empty = False
        if empty and formats.has_head(self.output):
            yield from connection.query(text, self.output, parameters, stats)

    def _comes_in_documents(self) -> bool:
        # Totals and extremes are not part of a stream, and an array of rows has brackets around all of them.
        words, settings = self._statement.words, self.request.settings
        framed = "output_format_json_array_of_rows"
        return (
            formats.streams(self.output)
            and words.isdisjoint({"TOTALS", "EXTREMES", framed.upper()})
            and "extremes" not in settings
            and framed not in settings
        )


def _spooled(pieces: Pieces) -> Pieces:
    """The same bytes again, once the last piece has come without an error."""
    with SpooledTemporaryFile(IN_MEMORY) as spool:
        for piece in pieces:
            spool.write(piece)
        spool.seek(0)
        while piece := spool.read(HELD_BACK):
            yield piece
