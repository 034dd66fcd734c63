"""The bare handler: Starlette on uvicorn, an aiokafka producer, and nothing in between.

It splits a body into its events, because each is a record, and answers once Kafka has them. It knows no key, checks
nothing and makes nothing, so it is what the front door could be at best.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from producers.append import Appender, Outgoing
from producers.http.server import listen
from schemas.constants import TOUCHES
from schemas.settings import Settings


class _Body(msgspec.Struct):
    data: list[msgspec.Raw]


_decoder = msgspec.json.Decoder(_Body)


def bare_app(settings: Settings) -> Starlette:
    """The application."""
    appender = Appender(settings)
    topic = settings.topic(TOUCHES)

    async def take(request: Request) -> Response:
        events = _decoder.decode(await request.body()).data
        await appender.send([Outgoing(topic, bytes(event), b"key") for event in events])
        return Response(b"{}")

    @asynccontextmanager
    async def connected(_: Starlette) -> AsyncIterator[None]:
        async with appender:
            yield

    return Starlette(routes=[Route("/t/{key}", take, methods=["POST"])], lifespan=connected)


def main() -> None:
    """Serve until it is stopped; prints its port."""
    listener = listen("127.0.0.1", 0)
    sys.stdout.write(f"ready collect=http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(bare_app(Settings()), http="httptools", loop="uvloop", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
