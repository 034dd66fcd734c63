"""Connections: uvicorn's, with bounds that it does not have.

uvicorn waits without end for a request's head and takes a head of any size, so a client that sends a byte a second, or
nothing at all, would hold its connection and memory for ever.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from producers.http.limits import CONNECTIONS, HEAD_BYTES, HEAD_SECONDS

_open: set["BoundedProtocol"] = set()


def open_connections() -> int:
    """How many connections there are now."""
    return len(_open)


class BoundedProtocol(HttpToolsProtocol):
    """A connection whose requests' heads are bounded in time and size."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waiting: asyncio.TimerHandle | None = None
        self._head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by asyncio: too many of them, and this one is closed at once."""
        super().connection_made(transport)
        if len(_open) >= CONNECTIONS:
            transport.abort()
            return
        _open.add(self)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        _open.discard(self)
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio for every piece."""
        if self._waiting is not None or self._is_between_requests():
            if self._waiting is None:
                self._await_head()
            self._head_bytes += len(data)
        super().data_received(data)
        # A piece may hold the end of the head and much of the body; then nobody waits for a head any more.
        if self._waiting is not None and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def _is_between_requests(self) -> bool:
        return self.cycle is not None and self.cycle.response_complete

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._head_is_there()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _head_is_there(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if not self.transport.is_closing():
            self.transport.close()
