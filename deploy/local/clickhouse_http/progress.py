"""Headers that report a query's progress while it runs: `send_progress_in_http_headers`.

Each is sent as soon as there is progress, so the status goes out before the query has ended. It
is 200 then; an error has its own header, as on ClickHouse.
"""

from __future__ import annotations

import json

from aiohttp import web

from deploy.local.clickhouse_http.processes import Progress

_BEGUN = web.RequestKey("begun", str)


def _line(seen: Progress) -> str:
    figures = {
        "read_rows": seen.read_rows,
        "read_bytes": seen.read_bytes,
        "total_rows_to_read": seen.total_rows,
        "elapsed_ns": int(seen.elapsed * 1e9),
        "memory_usage": seen.memory,
    }
    values = {name: str(value) for name, value in figures.items()}
    return "X-ClickHouse-Progress: " + json.dumps(values, separators=(",", ":"))


def tell(request: web.Request, seen: Progress) -> None:
    """Send the headers that have been waiting, the status before them; the new one waits for the next or the answer."""
    if request.transport is None:
        return
    waiting = begun(request) or f"HTTP/{request.version.major}.{request.version.minor} 200 OK"
    request.transport.write(waiting.encode() + b"\r\n")
    request[_BEGUN] = _line(seen)


def begun(request: web.Request) -> str:
    """The line that is waiting, '' where nothing has been sent."""
    line: str = request.get(_BEGUN, "")
    return line


class Answer(web.StreamResponse):
    """An answer whose status may have been sent already; `begun` is the line to go on with then."""

    begun = ""

    async def _write_headers(self) -> None:
        # aiohttp has no other place where the first line of an answer is made.
        if not self.begun or self._payload_writer is None:
            await super()._write_headers()
        else:
            await self._payload_writer.write_headers(self.begun, self.headers)


class WholeAnswer(Answer, web.Response):
    """The same with all of its body."""
