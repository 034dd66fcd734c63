"""The bare handler: Starlette on uvicorn, an aiokafka producer, and nothing in between.

It splits a body into its events, because each is a record, sends them without keys, and answers once Kafka has them. It
checks nothing and makes nothing, so it is what the front door could be at best.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import uvicorn
from aiokafka import AIOKafkaProducer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from producers.http.serving import listen
from schemas.constants import TOUCHES
from schemas.kafka_options import client_options
from schemas.settings import Settings


class _Body(msgspec.Struct):
    data: list[msgspec.Raw]


_decoder = msgspec.json.Decoder(_Body)


def bare_app(settings: Settings) -> Starlette:
    """The application."""
    topic = settings.topic(TOUCHES)
    connected: list[AIOKafkaProducer] = []

    async def take(request: Request) -> Response:
        (producer,) = connected
        events = _decoder.decode(await request.body()).data
        sent = [await producer.send(topic, bytes(event)) for event in events]
        await asyncio.gather(*sent)
        return Response(b"{}")

    @asynccontextmanager
    async def connecting(_: Starlette) -> AsyncIterator[None]:
        async with AIOKafkaProducer(**client_options(settings), acks="all") as producer:
            connected.append(producer)
            yield

    return Starlette(routes=[Route("/t/{key}", take, methods=["POST"])], lifespan=connecting)


def main() -> None:
    """Serve until it is stopped; prints its port."""
    listener = listen("the bare handler", "JEJAK_COLLECT", "127.0.0.1", 0)
    sys.stdout.write(f"ready collect=http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(bare_app(Settings()), http="httptools", loop="uvloop", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
