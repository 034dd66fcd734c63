"""Sending a result: whole if it is small, otherwise in pieces; an error in the middle is reported."""

from __future__ import annotations

import asyncio
import secrets

from aiohttp import web

from deploy.local.clickhouse_http import formats, progress
from deploy.local.clickhouse_http.answer import common_headers
from deploy.local.clickhouse_http.compression import Encoder, encoders
from deploy.local.clickhouse_http.engine import Engine
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.execution import Execution
from deploy.local.clickhouse_http.native_blocks import NativeEncoder
from deploy.local.clickhouse_http.workers import Workers

# How often to look whether a client is still there.
_LOOK_SECONDS = 0.1


class ResultSender:
    """Sends the result of one execution to the client that asked."""

    def __init__(self, request: web.Request, engine: Engine, workers: Workers, execution: Execution) -> None:
        self._request = request
        self._engine = engine
        self._workers = workers
        self._execution = execution
        native: list[Encoder] = [NativeEncoder()] if execution.request.native_answer else []
        self._encoders = native + encoders(execution.request.encoding)
        self._tag = secrets.token_hex(8)

    async def send(self) -> web.StreamResponse:
        """Run the statement and send its result.

        Errors before the first byte is sent are raised as `ClickHouseError`; later ones end the body with the
        real server's exception block.
        """
        body, complete = await self._watched(asyncio.ensure_future(self._workers.run(self._begin)))
        if complete:
            return self.send_whole(body)
        response = progress.Answer(headers=self._headers(encoded=True))
        response.begun = progress.begun(self._request)
        response.enable_chunked_encoding()
        await response.prepare(self._request)
        try:
            piece: bytes | None = body
            while piece is not None:
                await response.write(piece)
                piece = await self._workers.run(self._next)
            await response.write_eof(self._encode(b"", last=True))
        except ClickHouseError as error:
            await response.write(self._encode(self._exception_block(error), last=True))
            if self._request.transport is not None:
                # Without the last chunk, a client that knows nothing of the block still sees that it was cut off.
                self._request.transport.close()
        return response

    def send_whole(self, body: bytes) -> web.Response:
        """The answer with this body, which has its encoding already."""
        answer = progress.WholeAnswer(headers=self._headers(encoded=bool(body)), body=body)
        answer.begun = progress.begun(self._request)
        return answer

    async def _watched(self, work: asyncio.Future[tuple[bytes, bool]]) -> tuple[bytes, bool]:
        """Wait for the start of the result; meanwhile report progress, and stop the query if its client disconnects."""
        asked = self._execution.request
        leaving = asked.cancel_when_left and self._execution.only_reads
        seconds = asked.progress_ms / 1000 or _LOOK_SECONDS
        while asked.progress_ms or leaving:
            await asyncio.wait({work}, timeout=seconds)
            if work.done():
                break
            if leaving and (self._request.transport is None or self._request.transport.is_closing()):
                await self._workers.run(self._execution.kill)
            elif asked.progress_ms and (seen := await self._workers.run(self._execution.progress)):
                progress.tell(self._request, seen)
        return await work

    def _begin(self) -> tuple[bytes, bool]:
        held, complete = self._execution.begin()
        return (self._encode(held, last=complete) if held else b""), complete

    def _next(self) -> bytes | None:
        piece = self._execution.piece()
        return None if piece is None else self._encode(piece)

    def _encode(self, data: bytes, last: bool = False) -> bytes:
        for step in self._encoders:
            data = step.encode(data) if data else data
            if last:
                data += step.finish()
        return data

    def _exception_block(self, error: ClickHouseError) -> bytes:
        text = error.body(self._engine.version).encode()
        tag = self._tag.encode()
        return b"\r\n__exception__\r\n%b\r\n%b%d %b\r\n__exception__\r\n" % (tag, text, len(text), tag)

    def _headers(self, encoded: bool) -> dict[str, str]:
        request, output = self._execution.request, self._execution.output
        headers = common_headers(self._engine, request.query_id, self._execution.stats)
        headers |= {"X-ClickHouse-Format": output, "X-ClickHouse-Exception-Tag": self._tag}
        headers |= {"Content-Type": formats.content_type(output)}
        if request.timezone:
            headers |= {"X-ClickHouse-Timezone": request.timezone}
        if request.encoding and encoded:
            headers |= {"Content-Encoding": request.encoding, "Vary": "Accept-Encoding"}
        return headers
