"""Web pages that ask: those of this machine may, others may not.

A page served by a program on this machine (a notebook, a dashboard under development) is another origin to its browser,
which asks first whether it may (CORS). ClickHouse answers `*`; this server has no password, so it names the page's
own origin, and only where that is this machine.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from deploy.local.clickhouse_http.auth import check_origin
from deploy.local.clickhouse_http.errors import ClickHouseError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_A_DAY = "86400"


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a web page of another machine could have sent."""
    try:
        check_origin(request.headers)
    except ClickHouseError as error:
        return web.Response(status=error.status, text=f"{error}\n")
    return await handler(request)


async def preflight(request: web.Request) -> web.Response:
    """What a browser asks before it lets a page ask."""
    headers = {
        "Access-Control-Allow-Methods": "POST, GET, OPTIONS",
        "Access-Control-Allow-Headers": request.headers.get("Access-Control-Request-Headers", "*"),
        "Access-Control-Max-Age": _A_DAY,
    }
    if "Access-Control-Request-Private-Network" in request.headers:
        headers["Access-Control-Allow-Private-Network"] = "true"
    return web.Response(status=HTTPStatus.NO_CONTENT, headers=headers)


async def allow_page(request: web.Request, response: web.StreamResponse) -> None:
    """Let a page that was not refused read the answer, and its headers."""
    origin = request.headers.get("Origin")
    if origin is None or response.status == HTTPStatus.FORBIDDEN:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Origin")))
    own = [name for name in response.headers if name.lower().startswith("x-clickhouse-")]
    response.headers["Access-Control-Expose-Headers"] = ", ".join(own)
