"""A proxy in front of ClickHouse's HTTP port that can fail as networks and servers do."""

import asyncio
import contextlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from urllib.parse import urlsplit

from tests.support.loop import BackgroundLoop

_PIECE = 64 * 1024


class Mode(Enum):
    """What the proxy does with a request."""

    PASS = "hands it on"
    UNAVAILABLE = "reads it and answers 503"
    ERROR = "reads it and answers 500, as a proxy before ClickHouse does, with a page of HTML"
    READ_ONLY = "reads it and answers as ClickHouse does for a table that is read-only"
    FULL = "reads it and answers as ClickHouse does when its disk is full"
    REFUSE = "does not even listen"
    HANG = "reads it and never answers"
    CUT_REQUEST = "hands half of it on and cuts both connections"
    CUT_ANSWER = "hands it on and cuts the client's connection in place of the answer: ClickHouse has taken it"


def _answer_of(status: str, text: str, code: int = 0) -> bytes:
    """An answer over HTTP; with a code it is one of ClickHouse's own exceptions."""
    header = f"X-ClickHouse-Exception-Code: {code}\r\n" if code else ""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n{header}Content-Length: {len(text)}\r\n"
    return f"{head}Connection: close\r\n\r\n{text}".encode()


_READ_ONLY = "Code: 242. DB::Exception: Table is in readonly mode. (TABLE_IS_READ_ONLY)"
_FULL = "Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)"
_ANSWERS = {
    Mode.UNAVAILABLE: _answer_of("503 Service Unavailable", "out of order for now"),
    Mode.ERROR: _answer_of("500 Internal Server Error", "<html><body>something went wrong</body></html>"),
    Mode.READ_ONLY: _answer_of("500 Internal Server Error", _READ_ONLY, 242),
    Mode.FULL: _answer_of("500 Internal Server Error", _FULL, 243),
}


class Proxy:
    """The proxy. Its methods may be called from any thread; the work is done in the background loop.

    Attributes:
        failed: requests that were not passed, by mode.
        asked: the first line of every request, its URL with all settings included.
    """

    def __init__(self, upstream: str, loop: BackgroundLoop) -> None:
        address = urlsplit(upstream)
        self._upstream = (address.hostname or "", address.port or 8123)
        self._user = upstream.rpartition("@")[0].partition("://")[2]
        self._loop = loop
        self._mode = Mode.PASS
        self._server: asyncio.Server | None = None
        self._port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.failed: dict[Mode, int] = dict.fromkeys(Mode, 0)
        self.asked: list[str] = []
        loop.run(self._listen())

    @property
    def url(self) -> str:
        """The way through the proxy, with the user of the way around it."""
        return f"http://{self._user}@127.0.0.1:{self._port}"

    def set(self, mode: Mode) -> None:
        """Go over to a mode. Open connections are cut, so that no client goes on in the old one."""
        self._loop.run(self._set(mode))

    def close(self) -> None:
        """Stop listening and cut everything."""
        self._loop.run(self._set(Mode.REFUSE))

    async def _set(self, mode: Mode) -> None:
        self._mode = mode
        if self._server is not None and mode is Mode.REFUSE:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if mode is not Mode.REFUSE:
            await self._listen()

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._answer(await _read_request(reader), writer)
        finally:
            writer.transport.abort()
            self._open.discard(writer)
            self._tasks.discard(task)

    async def _answer(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        mode = self._mode
        self.asked.append(request.split(b"\r\n", 1)[0].decode())
        if mode is not Mode.PASS:
            self.failed[mode] += 1
        if mode in _ANSWERS:
            writer.write(_ANSWERS[mode])
            await _finish(writer)
        elif mode is Mode.HANG:
            await asyncio.Event().wait()
        else:
            await self._forward(request, writer, mode)

    async def _forward(self, request: bytes, client: asyncio.StreamWriter, mode: Mode) -> None:
        """Hand a request on over a connection of its own, which the server closes behind its answer."""
        reader, writer = await asyncio.open_connection(*self._upstream)
        try:
            request = request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
            writer.write(request[: len(request) // 2] if mode is Mode.CUT_REQUEST else request)
            await writer.drain()
            if mode is Mode.CUT_REQUEST:
                return
            while piece := await reader.read(_PIECE):
                if mode is Mode.CUT_ANSWER:
                    return
                client.write(piece)
                await client.drain()
            await _finish(client)
        finally:
            writer.transport.abort()


async def _finish(writer: asyncio.StreamWriter) -> None:
    """Close behind what was written; an abort would drop what is still on its way."""
    writer.close()
    await writer.wait_closed()


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    """A whole request: its head, and its body by length or in chunks. Its own `Connection` header is left out."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    head = b"\r\n".join(lines)
    if b"\r\ntransfer-encoding: chunked\r\n" in head.lower():
        return head + await _read_chunks(reader)
    length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)\r\n", head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        size = await reader.readline()
        chunk = await reader.readexactly(int(size, 16) + 2)
        body += size + chunk
        if not int(size, 16):
            return body


@contextmanager
def running_proxy(upstream: str, loop: BackgroundLoop) -> Iterator[Proxy]:
    """A proxy that passes everything on until it is told otherwise."""
    proxy = Proxy(upstream, loop)
    try:
        yield proxy
    finally:
        proxy.close()
