"""A faulty way to the front door: a proxy that answers 503 or hangs when it is told to, and passes on all else."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_DROPPED = {"transfer-encoding", "connection", "content-length", "date"}


class FaultyDoor(ThreadingHTTPServer):
    """The proxy.

    Attributes:
        faults: what becomes of the next events: 503, or seconds to hang and then break the connection.
        seen: the status of every request with events; 0 for one that hung.
    """

    daemon_threads = True

    def __init__(self, address: str) -> None:
        self.door = urlsplit(address).netloc
        self.faults: list[int | float] = []
        self.seen: list[int] = []
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyDoor
    status = 0

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        is_events = self.command == "POST" and self.path.startswith("/t/")
        fault = self.server.faults.pop(0) if is_events and self.server.faults else None
        if fault == 503:
            self._answer(503, [("Access-Control-Allow-Origin", self.headers.get("origin", "*"))], b"")
        elif fault is not None:
            self.server.stopping.wait(fault)
            self.close_connection = True
        else:
            self._answer(*self._asked(body))
        if is_events:
            self.server.seen.append(0 if fault not in (None, 503) else int(fault or self.status))

    def _asked(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.server.door, timeout=30)
        try:
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _DROPPED:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_OPTIONS = _pass_on  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def faulty_door(address: str) -> Iterator[FaultyDoor]:
    """A proxy in front of a door."""
    with FaultyDoor(address) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.stopping.set()
            proxy.shutdown()
