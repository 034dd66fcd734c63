"""ClickHouse behind TLS and a password: the embedded server knows neither, so a door stands in front of it."""

import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import aiohttp
from aiohttp import web
from yarl import URL

from tests.support.certificates import Certificate
from tests.support.loop import BackgroundLoop

#: As ClickHouse answers: HTTP 403 and code 516, whoever it was.
_REFUSED = (
    "Code: 516. DB::Exception: {user}: Authentication failed: password is incorrect, or there is no user with such "
    "name. (AUTHENTICATION_FAILED) (version 26.9.1.1)\n"
)
#: Of one connection, not of what is asked over it.
_HOP = ("Host", "Authorization", "Connection", "Transfer-Encoding", "Content-Length", "Expect")


class LockedClickHouse:
    """The door. It lets one user in and hands the requests on as they are."""

    def __init__(self, upstream: str, user: str, password: str, certificate: Certificate, loop: BackgroundLoop) -> None:
        parts = urlsplit(upstream)
        self._upstream = f"http://{parts.hostname}:{parts.port}"
        self._user, self._password = user, password
        self._certificate = certificate
        self._loop = loop
        self._port = loop.run(self._open())

    def url(self, password: str | None = None) -> str:
        """The way in, without a database; with another password than the right one, if wanted."""
        word = self._password if password is None else password
        return f"https://{quote(self._user, safe='')}:{quote(word, safe='')}@127.0.0.1:{self._port}"

    def close(self) -> None:
        """Let nobody in any more."""
        self._loop.run(self._close())

    async def _open(self) -> int:
        self._session = aiohttp.ClientSession(auto_decompress=False)
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{tail:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, auto_decompress=False, max_line_size=2**20)
        await self._runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._certificate.chain, self._certificate.key)
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context).start()
        return int(self._runner.addresses[0][1])

    async def _close(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        if base64.b64decode(given).decode() != f"{self._user}:{self._password}":
            user = base64.b64decode(given).decode().partition(":")[0]
            return web.Response(
                status=403, text=_REFUSED.format(user=user), headers={"X-ClickHouse-Exception-Code": "516"}
            )
        body = await request.read()
        headers = [(name, value) for name, value in request.headers.items() if name not in _HOP]
        address = URL(self._upstream + request.raw_path, encoded=True)
        async with self._session.request(request.method, address, data=body, headers=headers) as answer:
            response = web.StreamResponse(status=answer.status)
            for name, value in answer.headers.items():
                if name not in (*_HOP, "Keep-Alive"):
                    response.headers.add(name, value)
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            return response


@contextmanager
def locked_clickhouse(
    upstream: str, user: str, password: str, certificate: Certificate, loop: BackgroundLoop
) -> Iterator[LockedClickHouse]:
    """Such a door, shut at the end."""
    door = LockedClickHouse(upstream, user, password, certificate, loop)
    try:
        yield door
    finally:
        door.close()
