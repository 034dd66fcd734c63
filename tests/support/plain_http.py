"""The embedded ClickHouse asked over plain HTTP, byte for byte."""

from __future__ import annotations

import http.client
from urllib.parse import urlencode

from tests.support.clickhouse_process import ServerProcess


class Answer:
    """One answer over plain HTTP."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def code(self) -> str | None:
        """ClickHouse's number of the error; None for none."""
        return self.headers["X-ClickHouse-Exception-Code"]


def ask(
    server: ServerProcess,
    body: bytes | str = b"",
    method: str = "POST",
    headers: dict[str, str] | None = None,
    path: str = "/",
    **parameters: object,
) -> Answer:
    """Ask once; `parameters` are those of the URL."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        target = f"{path}?{urlencode(parameters)}" if parameters else path
        connection.request(method, target, body.encode() if isinstance(body, str) else body, headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()
