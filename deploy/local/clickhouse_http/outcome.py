"""Whether a streamed INSERT has really stored its rows, because chDB does not say.

chDB 4.4 reports rows that cannot be read, but if storing them fails (a full disk, a constraint, a materialized view
that raises) it ends the stream as if nothing had failed. ClickHouse's error counters show it: `system.events` counts
the INSERTs that failed, `system.errors` the errors, with the query that met each of them last.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from deploy.local.clickhouse_http.engine import Connection
from deploy.local.clickhouse_http.errors import ClickHouseError, from_engine
from deploy.local.clickhouse_http.sql import quote

_FAILED = "SELECT sum(value) FROM system.events WHERE event = 'FailedInsertQuery'"
_ERRORS = "SELECT code, sum(value) FROM system.errors GROUP BY code"
_MET = "SELECT code, replaceRegexpAll(last_error_message, '[\\\\s]+', ' '), name FROM system.errors WHERE query_id = "
_READONLY, _UNKNOWN_EXCEPTION = 164, 1002


@dataclass(frozen=True)
class Tally:
    """How many INSERTs have failed since the engine started, and how often there was each error, by its code."""

    failed: int
    errors: dict[int, int]


def tally(connection: Connection) -> Tally:
    """Read the error counters, before an INSERT and again after it."""
    ((failed,),) = connection.rows(_FAILED)
    return Tally(int(failed), {int(code): int(value) for code, value in connection.rows(_ERRORS)})


def check(connection: Connection, before: Tally, query_id: str) -> None:
    """Raise `ClickHouseError` where the INSERT failed, or may have failed.

    If an error occurred several times at once, the last one hides the others. A doubt is reported as an error: a client
    that sends its rows again does what it would have to do anyway.

    Arguments:
        connection: the one that the INSERT ran on.
        before: the counters before it.
        query_id: the engine's id of it, '' where that is not known.
    """
    after = tally(connection)
    if after.failed == before.failed:
        return
    for code, message, name in connection.rows(_MET + quote(query_id)) if query_id else ():
        raise from_engine(f"Code: {code}. DB::Exception: {message} ({name})")
    least = 2 if query_id else 1
    hiding = [
        code
        for code, value in after.errors.items()
        if value - before.errors.get(code, 0) >= least and _of_storing(code)
    ]
    if hiding:
        told = f"INSERTs failed at the same time with code {hiding[0]}; this may have been one of them"
        raise ClickHouseError(_UNKNOWN_EXCEPTION, told)


def _of_storing(code: int) -> bool:
    """Whether storing can fail with it: what a statement or its rows are to blame for is raised before."""
    return code != _READONLY and ClickHouseError(code, "").status >= HTTPStatus.INTERNAL_SERVER_ERROR
