"""What a request changes on its connection before its statement runs, and how a session gets rid of it again."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.local.clickhouse_http.engine import MARK, Connection
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.request import QueryRequest
from deploy.local.clickhouse_http.sql import Statement, identifier, quote

# The statements that a readonly request may run; the engine decides it itself wherever it is asked to.
_READING = frozenset({"SELECT", "WITH", "FROM", "", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "CHECK"})


def assign(connection: Connection, values: Mapping[str, str], prefix: str = "") -> None:
    """SET all of `values`, their names behind `prefix`. Raises `ClickHouseError`."""
    if values:
        changes = ", ".join(f"{prefix}{name} = {quote(value)}" for name, value in values.items())
        connection.execute(f"SET {changes}")


def bind(connection: Connection, request: QueryRequest) -> None:
    """Set the request's parameters on the connection, for an INSERT: it takes them no other way."""
    assign(connection, request.parameters, "param_")


def apply(connection: Connection, request: QueryRequest) -> None:
    """Bring a connection that serves this request alone to what it asks for.

    Raises `ClickHouseError`, e.g. for an unknown database or setting. There is no way back from `readonly`, so
    the connection must not serve anyone else afterwards.
    """
    for table in request.external:
        table.create(connection)
    if request.database:
        connection.execute(f"USE {identifier(request.database)}")
    before = {MARK: request.query_id} | ({"readonly": "2"} if request.readonly else {})
    assign(connection, before)
    assign(connection, request.settings)


def apply_for_now(connection: Connection, request: QueryRequest, statement: Statement) -> list[str]:
    """Bring a session's connection to what the request asks for; returns the statements that undo it.

    A connection can never leave `readonly`, so here the kind of the statement is checked instead. Raises
    `ClickHouseError`; then the connection has been put back already.
    """
    settings = {MARK: request.query_id} | dict(request.settings)
    if (settings.pop("readonly", "0") != "0" or request.readonly) and not only_reads(statement):
        raise ClickHouseError(164, "default: Cannot execute query in readonly mode.")
    undo = [f"DROP TEMPORARY TABLE IF EXISTS {identifier(table.name)}" for table in request.external]
    undo += _undo_database(connection) if request.database and statement.verb != "USE" else []
    undo += _undo_settings(connection, settings)
    try:
        for table in request.external:
            table.create(connection)
        if request.database:
            connection.execute(f"USE {identifier(request.database)}")
        assign(connection, settings)
    except ClickHouseError:
        for sql in undo:
            connection.execute(sql)
        raise
    return undo


def only_reads(statement: Statement) -> bool:
    """Whether a statement changes nothing but its session."""
    return statement.verb in _READING or statement.changes_session


def _undo_database(connection: Connection) -> list[str]:
    return [f"USE {identifier(_text(connection.rows('SELECT hex(currentDatabase())')[0][0]))}"]


def _undo_settings(connection: Connection, settings: Mapping[str, str]) -> list[str]:
    names = ", ".join(quote(name) for name in settings)
    rows = connection.rows(f"SELECT name, changed, hex(value) FROM system.settings WHERE name IN ({names})")  # noqa: S608
    return [f"SET {name} = {quote(_text(value)) if changed == '1' else 'DEFAULT'}" for name, changed, value in rows]


def _text(encoded: str) -> str:
    return bytes.fromhex(encoded).decode("utf-8", "surrogateescape")
