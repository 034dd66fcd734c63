"""Queries under the ids that their clients gave them: in `system.processes`, and for KILL QUERY.

The engine chooses every query's id and accepts none from a client. So the client's id travels with it as a setting
that has no other use here. Clients read a view of `system.processes` with their own ids in it, and what they ask to be
killed is looked for there.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass

from deploy.local.clickhouse_http.engine import MARK, SERVER_SETTINGS, Connection, Engine, Stats
from deploy.local.clickhouse_http.sql import Statement, quote, tokens

_VIEW = b"processes_of_clients"
_OURS = ", ".join(quote(name) for name in (MARK, *SERVER_SETTINGS, "serialize_query_plan", "storage_file_read_method"))
_OUR_WORDS = r"\nINTO OUTFILE ''/dev/fd/\\d+'' TRUNCATE|(\\bprocesses)_of_clients\\b"
_CREATE = rf"""
CREATE OR REPLACE VIEW system.{_VIEW.decode()} AS SELECT * REPLACE (
    running.Settings['{MARK}'] AS query_id,
    running.Settings['{MARK}'] AS initial_query_id,
    'HTTP' AS interface,
    mapFilter((name, value) -> name NOT IN ({_OURS}), running.Settings) AS Settings,
    replaceRegexpAll(running.query, '{_OUR_WORDS}', '\\1') AS query
) FROM system.processes AS running WHERE running.Settings['{MARK}'] != ''
"""  # noqa: S608
_END_OF_CONDITION = frozenset({b"SYNC", b"ASYNC", b"TEST", b"FORMAT", b"SETTINGS", b";"})
_ANSWER = "kill_status String, query_id String, user String, query String"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running statement is: rows and bytes read, rows to read as far as is known, seconds, bytes used."""

    read_rows: int
    read_bytes: int
    total_rows: int
    elapsed: float
    memory: int


def prepare(engine: Engine) -> None:
    """Make the view. It is gone when the engine stops."""
    with closing(engine.connect()) as connection:
        connection.execute(_CREATE)


def with_client_ids(sql: bytes) -> bytes:
    """The statement with the view in place of `system.processes`, and in place of SHOW PROCESSLIST."""
    if b"process" not in sql.lower():
        return sql
    found = list(tokens(sql))
    words = [token.text for token in found[:3]]
    for count in (2, 3):
        if words[:1] == [b"SHOW"] and words[count - 1 : count] == [b"PROCESSLIST"]:
            return b"SELECT * FROM system." + _VIEW + sql[found[count - 1].end :]
    for first, dot, name in reversed(list(zip(found, found[1:], found[2:], strict=False))):
        if _is(first.text, b"SYSTEM") and dot.text == b"." and _is(name.text, b"PROCESSES"):
            sql = sql[: name.start] + _VIEW + sql[name.end :]
    return sql


def _is(text: bytes, name: bytes) -> bool:
    return text.strip(b'`"').upper() == name


def kills_queries(statement: Statement) -> bool:
    """Whether it is a KILL QUERY."""
    return statement.verb == "KILL" and "QUERY" in statement.words


def kill(
    connection: Connection, statement: Statement, parameters: Mapping[str, str], output: str, stats: Stats
) -> Generator[bytes, None, None]:
    """Run a KILL QUERY, whose condition is about the clients' ids, and yield its answer with these in it."""
    before, condition, after = _parts(statement)
    asked = f"SELECT Settings['{MARK}'], query_id FROM system.processes WHERE Settings['{MARK}'] IN (".encode()  # noqa: S608
    asked += b"SELECT query_id FROM system." + _VIEW + b" WHERE " + with_client_ids(condition) + b"\n)"
    pairs = [json.loads(line) for line in _lines(connection, asked, parameters)]
    ids = {engine_id: client_id for client_id, engine_id in pairs}
    listed = ", ".join(quote(engine_id) for engine_id in ids) or "''"
    killing = before + f" query_id IN ({listed}) ".encode() + after
    rows = [json.loads(line) for line in _lines(connection, killing, {})]
    text = "\n".join(json.dumps([status, ids.get(name, name), *rest]) for status, name, *rest in rows)
    answer = f"SELECT * FROM format(JSONCompactEachRow, {quote(_ANSWER)}, {quote(text)})".encode()  # noqa: S608
    yield from connection.query(answer, output, {}, stats)


def _parts(statement: Statement) -> tuple[bytes, bytes, bytes]:
    """The statement up to its WHERE, the condition behind it, and SYNC, ASYNC or TEST."""
    text, start = statement.text, len(statement.text)
    for token in tokens(text):
        if token.depth == 0 and token.text == b"WHERE" and start == len(text):
            start = token.end
        elif token.depth == 0 and token.text in _END_OF_CONDITION:
            kind = token.text if token.text in (b"SYNC", b"TEST") else b"ASYNC"
            return text[:start], text[start : token.start], kind
    return text[:start], text[start:], b""


def _lines(connection: Connection, sql: bytes, parameters: Mapping[str, str]) -> list[bytes]:
    return b"".join(connection.query(sql, "JSONCompactEachRow", parameters, Stats())).splitlines()


def ids_of(engine: Engine, query_id: str) -> list[str]:
    """The engine's own ids of what runs as the client's query with this id. Blocks."""
    with closing(engine.connect()) as connection:
        return [name for (name,) in connection.rows(f"SELECT query_id {_of(query_id)}")]


def progress_of(engine: Engine, query_id: str) -> Progress | None:
    """How far the client's query with this id is, None if it does not run. Blocks."""
    columns = "read_rows, read_bytes, total_rows_approx, elapsed, memory_usage"
    with closing(engine.connect()) as connection:
        for rows, size, total, elapsed, memory in connection.rows(f"SELECT {columns} {_of(query_id)}"):
            return Progress(int(rows), int(size), int(total), float(elapsed), int(memory))
    return None


def stop(engine: Engine, query_id: str) -> None:
    """Ask what runs as the client's query with this id to stop. Blocks."""
    with closing(engine.connect()) as connection:
        connection.execute(f"KILL QUERY WHERE Settings['{MARK}'] = {quote(query_id)} ASYNC")


def _of(query_id: str) -> str:
    return f"FROM system.processes WHERE Settings['{MARK}'] = {quote(query_id)}"
