"""Floods: large bodies, slow clients and idle connections neither stop the front door nor make it grow."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.front_door import SECRET, WORKSPACE, FrontDoor, running_front_door
from tests.support.rounds import LONG
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.web_events import page_view

MOST_BYTES = 400 * 2**20
IDLE = 10_000 if LONG else 1_000
FLOODS = 60 if LONG else 20
SLOW = 200 if LONG else 40
#: A visitor among the flood is answered within what the tracker waits.
PATIENCE_SECONDS = 5.0


def peak_bytes(door: FrontDoor) -> int:
    """The most memory that it ever held. Linux only."""
    lines = Path(f"/proc/{door.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024


def _head(size: int) -> bytes:
    return (
        "POST /events HTTP/1.1\r\nHost: door\r\n"
        f"Authorization: Bearer {SECRET}\r\nContent-Type: application/cloudevents-batch+json\r\n"
        f"Content-Length: {size}\r\n\r\n"
    ).encode()


def _large_body() -> bytes:
    data = {"contact_id": "ct", "conversation_id": "cv", "message_id": "m", "text": "x" * 200_000}
    event = {"specversion": "1.0", "source": "/flood", "type": "message.incoming", "time": "2026-01-01T00:00:00Z"}
    events = [{**event, "id": str(number), "workspaceid": WORKSPACE, "data": data} for number in range(40)]
    return json.dumps(events).encode()


async def _connected(door: FrontDoor) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = door.address.removeprefix("http://").partition(":")
    return await asyncio.open_connection(host, int(port))


async def _flood(door: FrontDoor, body: bytes) -> int:
    """Send one large body; the status of the answer."""
    reader, writer = await _connected(door)
    try:
        writer.write(_head(len(body)))
        writer.write(body)
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()


async def _drip(door: FrontDoor, statuses: list[int]) -> None:
    """Send a body one byte a second, until it is answered or cut off."""
    reader, writer = await _connected(door)
    try:
        writer.write(_head(1_000))
        answer = asyncio.create_task(reader.readline())
        while not answer.done():
            writer.write(b"[")
            await asyncio.wait({answer}, timeout=1)
        line = await answer
        statuses.append(int(line.split()[1]) if line else 0)
    except OSError:
        statuses.append(0)
    finally:
        writer.close()


def _seconds_of_a_visitor(door: FrontDoor) -> float:
    begun = time.monotonic()
    assert door.track(page_view()).status == 200
    return time.monotonic() - begun


async def _all_at_once(door: FrontDoor) -> tuple[list[int], list[int], list[float]]:
    idle = [await _connected(door) for _ in range(IDLE)]
    slow: list[int] = []
    drips = [asyncio.create_task(_drip(door, slow)) for _ in range(SLOW)]
    body = _large_body()
    floods = [asyncio.create_task(_flood(door, body)) for _ in range(FLOODS)]
    visitors = [await asyncio.to_thread(_seconds_of_a_visitor, door) for _ in range(20)]
    statuses = await asyncio.gather(*floods)
    await asyncio.gather(*drips)
    for _, writer in idle:
        writer.close()
    return statuses, slow, visitors


def test_a_flood_neither_stops_the_door_nor_makes_it_grow(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: memory by the size of what clients send, or by how many of them send nothing."""
    space = new_space()
    with running_front_door(space, logs) as door:
        statuses, slow, visitors = asyncio.run(_all_at_once(door))
        assert set(statuses) <= {200, 503}
        assert statuses.count(200) > 1
        assert set(slow) <= {408, 0}
        assert max(visitors) < PATIENCE_SECONDS
        assert peak_bytes(door) < MOST_BYTES
        wait_until(lambda: door.metric("jejak_collect_in_flight_bytes") == 0, "nothing is in flight any more")
        wait_until(lambda: door.metric("jejak_collect_connections") <= 2, "all connections are closed", 40)
        assert door.get("/readyz").status == 200
        print(
            f"{IDLE} idle, {SLOW} slow, {FLOODS} of 8 MiB ({statuses.count(503)} refused): "
            f"peak {peak_bytes(door) / 2**20:.0f} MiB, slowest visitor {max(visitors):.2f} s"
        )
