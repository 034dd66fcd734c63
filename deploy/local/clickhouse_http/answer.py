"""What every answer has: ClickHouse's headers, the summary, and errors in the real server's form."""

from __future__ import annotations

import json
import socket

from aiohttp import web

from deploy.local.clickhouse_http.engine import Engine, Stats
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.progress import WholeAnswer


def summary(stats: Stats) -> str:
    """The value of X-ClickHouse-Summary: all figures as decimal strings."""
    figures = {
        "read_rows": stats.read_rows,
        "read_bytes": stats.read_bytes,
        "written_rows": stats.written_rows,
        "written_bytes": stats.written_bytes,
        "total_rows_to_read": stats.read_rows,
        "result_rows": stats.result_rows or stats.written_rows,
        "result_bytes": stats.result_bytes or stats.written_bytes,
        "elapsed_ns": int(stats.elapsed * 1e9),
    }
    return json.dumps({name: str(value) for name, value in figures.items()}, separators=(",", ":"))


def common_headers(engine: Engine, query_id: str, stats: Stats) -> dict[str, str]:
    """The headers of every answer to a query."""
    return {
        "X-ClickHouse-Server-Display-Name": socket.gethostname(),
        "X-ClickHouse-Query-Id": query_id,
        "X-ClickHouse-Timezone": engine.timezone,
        "X-ClickHouse-Summary": summary(stats),
    }


def error_answer(engine: Engine, query_id: str, error: ClickHouseError, begun: str) -> web.Response:
    """The answer to a request that failed before any of its result was sent. `begun`: see `progress.Answer`.

    It is never compressed: all clients read it as it is, also those that asked for compression.
    """
    headers = common_headers(engine, query_id, Stats())
    headers |= {"X-ClickHouse-Exception-Code": str(error.code), "Content-Type": "text/plain; charset=UTF-8"}
    answer = WholeAnswer(status=error.status, headers=headers, body=error.body(engine.version).encode())
    answer.begun = begun
    return answer
