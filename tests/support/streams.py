"""Streams of server-sent events, as browsers hold them open: what each has told so far."""

import http.client
import json
import socket
import threading
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


class Stream:
    """One open stream. Used as a context manager."""

    def __init__(self, address: str, path: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._path = path
        self.told: list[tuple[str, Any]] = []

    def __enter__(self) -> Self:
        self._connection.request("GET", self._path)
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        assert self._answer.headers["content-type"].startswith("text/event-stream")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def _read(self) -> None:
        event = ""
        try:
            for line in self._answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    self.told.append((event, json.loads(value)))
        except (OSError, ValueError, AttributeError):
            return

    def changes(self, kind: str) -> list[dict[str, Any]]:
        """What it told has changed of a kind."""
        return [data for event, data in self.told if event == "changed" and kind in data["what"]]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection.sock is not None:
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(30)
        self._connection.close()
