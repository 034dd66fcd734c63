"""Sessions: what a client sets, uses and creates for itself in one request and finds again in the next.

Most clients name a session in every request and never use it: `clickhouse-connect` makes one up for each client.
So a session costs nothing until a statement changes it (SET, USE, a temporary table); from then on it has a
connection of its own. Before that, every request of it gets a fresh connection, as one without a session does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.clickhouse_http import scope
from deploy.local.clickhouse_http.engine import Connection, Engine
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.request import QueryRequest, SessionRequest
from deploy.local.clickhouse_http.sql import Statement


class Session:
    """One session. Requests of it run one after another, never two at once.

    One that is not `named` is for a single request: what that changes ends with it.
    """

    def __init__(self, named: bool) -> None:
        self._named = named
        self.busy = False
        self.expiry: asyncio.TimerHandle | None = None
        self._connection: Connection | None = None
        self._undo: list[str] = []

    def open(self, engine: Engine, request: QueryRequest, statement: Statement) -> Connection:
        """A connection that has what the request asks for. Blocks; raises `ClickHouseError`."""
        if not self._named or (self._connection is None and not statement.changes_session):
            return open_alone(engine, request)
        if self._connection is None:
            self._connection = engine.connect()
        self._undo = scope.apply_for_now(self._connection, request, statement)
        return self._connection

    def give_back(self, connection: Connection) -> None:
        """End the use of a connection from `open`. Blocks."""
        if connection is not self._connection:
            connection.close()
            return
        try:
            for sql in self._undo:
                connection.execute(sql)
        except ClickHouseError:
            # A connection that keeps what one request set must not serve the next one.
            self.close()
        self._undo = []

    def close(self) -> None:
        """Drop what the session holds. Blocks."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def open_alone(engine: Engine, request: QueryRequest) -> Connection:
    """A new connection that has what the request asks for, and serves it alone. Blocks; raises `ClickHouseError`."""
    connection = engine.connect()
    try:
        scope.apply(connection, request)
    except ClickHouseError:
        connection.close()
        raise
    return connection


class Sessions:
    """All sessions by their ids. Belongs to the event loop; only the sessions themselves are used on threads."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    @contextmanager
    def entered(self, asked: SessionRequest | None) -> Iterator[Session]:
        """The session of a request, for as long as the request runs. Raises as `_acquire` does."""
        session = self._acquire(asked)
        try:
            yield session
        finally:
            self._release(asked, session)

    def _acquire(self, asked: SessionRequest | None) -> Session:
        """The session of a request, locked; one without an id ends with the request.

        Raises `ClickHouseError` while another request is running in it, or when it must exist and does not.
        """
        if asked is None:
            return Session(named=False)
        session = self._sessions.get(asked.id)
        if session is None:
            if asked.must_exist:
                raise ClickHouseError(372, f"Session {asked.id} not found")
            session = self._sessions[asked.id] = Session(named=True)
        if session.busy:
            raise ClickHouseError(373, f"Session {asked.id} is locked by a concurrent client")
        session.busy = True
        if session.expiry is not None:
            session.expiry.cancel()
        return session

    def _release(self, asked: SessionRequest | None, session: Session) -> None:
        """Unlock it; it is forgotten after its timeout, or now where the request said so."""
        session.busy = False
        if asked is None:
            return
        if asked.close:
            self._forget(asked.id, session)
        else:
            later = asyncio.get_running_loop().call_later
            session.expiry = later(asked.timeout, self._forget, asked.id, session)

    def _forget(self, name: str, session: Session) -> None:
        if self._sessions.get(name) is session and not session.busy:
            del self._sessions[name]
            asyncio.get_running_loop().run_in_executor(None, session.close)

    def close(self) -> None:
        """Close all. Blocks."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
