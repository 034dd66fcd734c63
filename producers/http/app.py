"""The routes of the front door, put together, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from producers.http.door import Answer, Answering, Door
from producers.http.events import EventsEndpoint
from producers.http.metrics import Endpoint
from producers.http.probes import Probes
from producers.http.problems import of_fault, of_http
from producers.http.static import script
from producers.http.tracker.endpoint import TrackerEndpoint
from producers.http.whatsapp import WhatsAppEndpoint

_SCRIPT_HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def create_app(door: Door) -> Starlette:
    """The application.

    Arguments:
        door: what the endpoints share.
    """
    events, whatsapp, tracker, probes = (
        EventsEndpoint(door),
        WhatsAppEndpoint(door),
        TrackerEndpoint(door),
        Probes(door),
    )

    def route(path: str, method: str, endpoint: Endpoint, answer: Answer) -> Route:
        return Route(path, Answering(door, endpoint, answer), methods=[method])

    routes: list[BaseRoute] = [
        # First what comes most: routes are tried in their order.
        route("/t/{key}", "POST", Endpoint.TRACKER, tracker.receive),
        route("/t/{key}", "OPTIONS", Endpoint.TRACKER, tracker.preflight),
        route("/events", "POST", Endpoint.EVENTS, events.__call__),
        route("/whatsapp/{workspace}", "GET", Endpoint.WHATSAPP, whatsapp.verify),
        route("/whatsapp/{workspace}", "POST", Endpoint.WHATSAPP, whatsapp.receive),
        Route("/jejak.js", _script, methods=["GET"]),
        Route("/healthz", probes.healthz, methods=["GET"]),
        Route("/readyz", probes.readyz, methods=["GET"]),
        Route("/metrics", probes.metrics, methods=["GET"]),
    ]
    if door.settings.collect_shop:
        routes.append(Mount("/shop", StaticFiles(packages=[("producers.http", "shop")], html=True)))
    handlers = {HTTPException: of_http, Exception: of_fault}
    return Starlette(routes=routes, exception_handlers=handlers, lifespan=lambda _: _beside(door))


async def _script(_: Request) -> Response:
    return Response(script(), HTTPStatus.OK, _SCRIPT_HEADERS, "text/javascript")


@asynccontextmanager
async def _beside(door: Door) -> AsyncIterator[None]:
    """Connect to Kafka and watch the sources while requests are answered; then let what is on its way arrive."""
    tasks = [asyncio.create_task(door.publisher.run()), asyncio.create_task(door.sources.watch())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await door.publisher.stop()
