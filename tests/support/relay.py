"""A relay in front of a broker that can fall silent, as a network does: nothing is refused, nothing arrives."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.loop import BackgroundLoop

_PIECE = 64 * 1024


class Relay:
    """The relay. Its methods may be called from any thread; the work is done in the background loop.

    Attributes:
        port: where it listens on the loopback address.
    """

    def __init__(self, loop: BackgroundLoop) -> None:
        self._loop = loop
        self._upstream = 0
        self._passing = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server, self.port = loop.run(self._listen())

    @property
    def address(self) -> str:
        """The way through the relay."""
        return f"127.0.0.1:{self.port}"

    def lead_to(self, port: int) -> None:
        """Begin to pass everything on to a port of the loopback address."""
        self._upstream = port
        self._loop.run(self._set(True))

    def silence(self) -> None:
        """Keep all connections, take new ones, and pass nothing on, either way."""
        self._loop.run(self._set(False))

    def heal(self) -> None:
        """Pass everything on again, what was held back included."""
        self._loop.run(self._set(True))

    def close(self) -> None:
        """Stop listening and cut everything."""
        self._loop.run(self._close())

    async def _set(self, passing: bool) -> None:
        (self._passing.set if passing else self._passing.clear)()

    async def _listen(self) -> tuple[asyncio.Server, int]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return server, int(server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._passing.wait()
                there, back = await asyncio.open_connection("127.0.0.1", self._upstream)
                try:
                    await self._until_one_ends(self._pass(reader, back), self._pass(there, writer))
                finally:
                    back.transport.abort()
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _until_one_ends(self, *ways: object) -> None:
        tasks = [asyncio.ensure_future(way) for way in ways]  # type: ignore[call-overload]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            await self._passing.wait()
            writer.write(piece)
            await writer.drain()


@contextmanager
def running_relay(loop: BackgroundLoop) -> Iterator[Relay]:
    """A relay that is closed at the end; it passes nothing on until it is told where to."""
    relay = Relay(loop)
    try:
        yield relay
    finally:
        relay.close()
