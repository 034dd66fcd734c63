"""Reading a request's body: bounded in bytes and in time, and counted while it is held."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request

from producers.http.in_flight import BusyError, InFlight, Room
from producers.http.limits import BODY_SECONDS, DROPPED_BYTES
from producers.http.problems import ProblemError, Refusal, later

#: Of a body without `Content-Length`, room is taken in such steps.
_STEP = 64 * 1024


class Body(NamedTuple):
    """A request's body, and the room that it takes."""

    content: bytes
    room: Room


class TooLargeError(Exception):
    """The body is larger than the path takes."""


@asynccontextmanager
async def body_of(request: Request, most: int, in_flight: InFlight) -> AsyncIterator[Body]:
    """Read a body, and hold its room until the end of the block, or for as long as `publish` keeps it.

    Arguments:
        request: whose body it is.
        most: how many bytes it may have.
        in_flight: what this process holds.

    Raises:
        TooLargeError: it is larger.
        ProblemError: it comes too slowly, ends early, is compressed, or there is no room for it.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Refusal.MEDIA_TYPE, "a compressed body is not taken")
    with Room(in_flight) as room:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(request, most, room)
        except TimeoutError:
            raise ProblemError(
                HTTPStatus.REQUEST_TIMEOUT, Refusal.SLOW, f"the body did not arrive within {BODY_SECONDS:.0f} s",
                headers={"Connection": "close"},
            ) from None  # fmt: skip
        except ClientDisconnect:
            raise ProblemError(HTTPStatus.BAD_REQUEST, Refusal.INVALID, "the body ends early") from None
        except BusyError:
            await drop(request)
            raise later(Refusal.BUSY, "too many bytes are in flight") from None
        yield Body(body, room)


async def _read(request: Request, most: int, room: Room) -> bytes:
    declared = int(request.headers.get("content-length", "0") or "0")
    if declared > most:
        await drop(request)
        raise TooLargeError
    room.grow(declared)
    taken = declared
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            body.clear()
            await drop(request)
            raise TooLargeError
        if len(body) > taken:
            step = max(_STEP, len(body) - taken)
            room.grow(step)
            taken += step
    return bytes(body)


async def drop(request: Request) -> None:
    """Read what a refused request still sends, within bounds, and forget it."""
    if request.headers.get("expect", "").lower() == "100-continue":
        # The client waits for leave to send, and is answered instead.
        return
    dropped = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while dropped < DROPPED_BYTES:
                message = await request.receive()
                dropped += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
    except TimeoutError:
        return
