"""The body of a request: read as it arrives, decompressed on a worker thread, never taken for whole when cut off."""

from __future__ import annotations

from aiohttp import ClientPayloadError, StreamReader, web_exceptions
from aiohttp.http_exceptions import HttpProcessingError

from deploy.local.clickhouse_http.compression import Decoder
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.workers import Workers

# Enough that handing a piece to a thread costs little beside the work on it, and little enough to hold for many.
PIECE = 512 << 10
# The engine's max_query_size: the SQL before the data of an INSERT fits in it.
HEAD = 256 << 10
# A statement without data is held in memory whole.
MAX_STATEMENT = 256 << 20


class ClientGoneError(Exception):
    """The client went away in the middle of the body."""


class Body:
    """A request's body, decompressed. It is read once, from front to back."""

    def __init__(self, content: StreamReader, decoders: list[Decoder], workers: Workers) -> None:
        self._content = content
        self._decoders = decoders
        self._workers = workers
        self._ended = False

    async def read(self) -> bytes:
        """The next piece, b"" at the end. Raises `ClientGoneError`, and `ClickHouseError` for a broken compression."""
        while not self._ended:
            raw = await self._read_raw()
            if piece := await self._decode(raw):
                return piece
        return b""

    async def head(self) -> bytes:
        """The first `HEAD` bytes or a few more; less only where the body is shorter."""
        pieces: list[bytes] = []
        while sum(map(len, pieces)) < HEAD and (piece := await self.read()):
            pieces.append(piece)
        return b"".join(pieces)

    async def rest(self) -> bytes:
        """All that has not been read. Raises `ClickHouseError` beyond `MAX_STATEMENT`."""
        pieces: list[bytes] = []
        size = 0
        while piece := await self.read():
            size += len(piece)
            if size > MAX_STATEMENT:
                raise ClickHouseError(229, f"Query is too large (over {MAX_STATEMENT} bytes)")
            pieces.append(piece)
        return b"".join(pieces)

    async def _read_raw(self) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while size < PIECE:
            try:
                piece = await self._content.readany()
            except (ClientPayloadError, HttpProcessingError, web_exceptions.HTTPException, OSError) as error:
                raise ClientGoneError from error
            if not piece and self._content.at_eof():
                self._ended = True
                break
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    async def _decode(self, raw: bytes) -> bytes:
        if not self._decoders:
            return raw
        return await self._workers.run(self._decode_here, raw, self._ended)

    def _decode_here(self, data: bytes, last: bool) -> bytes:
        for decoder in self._decoders:
            data = decoder.decode(data)
            if last:
                decoder.finish()
        return data
