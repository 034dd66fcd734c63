"""Browsers in numbers: connections that send one prepared request after the other, in a process of their own.

`python -m bench.collect.clients PORT SECONDS RATE` prints one JSON object. With a rate the requests are sent on
schedule, and a request's time is taken from when it should have been sent, so that a server that falls behind cannot
hide it. Rate 0 sends as fast as the answers come.
"""

import asyncio
import json
import sys
import time
import uuid
from dataclasses import dataclass, field
from itertools import count

import uvloop

CONNECTIONS = 64
EVENTS = 10
#: Prepared requests, sent over and over.
_BODIES = 200
_KEY = "web_bench"
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36"


def _event() -> dict[str, str]:
    at = str(int(time.time() * 1000))
    return {
        "e": "pv",
        "eid": str(uuid.uuid4()),
        "dtm": at,
        "stm": at,
        "duid": str(uuid.uuid4()),
        "sid": str(uuid.uuid4()),
        "url": "https://kopi.example/menu?utm_source=google&utm_medium=cpc&utm_campaign=lebaran&gclid=Cj0KCQ_TEST",
        "page": "Menu Kopi",
        "refr": "https://www.google.com/",
        "tv": "js-4.10.1",
        "tna": "jejak",
        "p": "web",
        "vp": "1280x720",
        "ds": "1280x720",
        "tz": "Asia/Jakarta",
        "lang": "id",
    }


def requests() -> list[bytes]:
    """The prepared requests, heads and bodies."""
    made = []
    for _ in range(_BODIES):
        schema = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"
        body = json.dumps({"schema": schema, "data": [_event() for _ in range(EVENTS)]}).encode()
        head = (
            f"POST /t/{_KEY} HTTP/1.1\r\nHost: door\r\nContent-Type: application/json; charset=UTF-8\r\n"
            f"Origin: https://kopi.example\r\nUser-Agent: {_AGENT}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


@dataclass
class Run:
    """One run of all connections.

    Attributes:
        port: of the server.
        seconds: how long requests are sent.
        rate: requests a second, all connections together; 0 for as many as there are answers.
        times: of each request, in seconds.
        refused: how many were not answered 200.
    """

    port: int
    seconds: float
    rate: float
    times: list[float] = field(default_factory=list)
    refused: int = 0

    async def go(self) -> dict[str, float]:
        """Send; the figures."""
        bodies, numbers = requests(), count()
        begun = time.monotonic()
        await asyncio.gather(*(self._connection(bodies, numbers, begun) for _ in range(CONNECTIONS)))
        took = time.monotonic() - begun
        times = sorted(self.times)
        return {
            "requests": len(times),
            "events_per_second": len(times) * EVENTS / took,
            "p50_ms": times[len(times) // 2] * 1000,
            "p99_ms": times[int(len(times) * 0.99)] * 1000,
            "refused": self.refused,
        }

    async def _connection(self, bodies: list[bytes], numbers: "count[int]", begun: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for number in numbers:
            due = begun + number / self.rate if self.rate else time.monotonic()
            if due - begun > self.seconds:
                break
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            writer.write(bodies[number % len(bodies)])
            status = await _answer(reader)
            self.times.append(time.monotonic() - due)
            self.refused += status != 200
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
    return int(head[9:12])


if __name__ == "__main__":
    run = Run(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
    sys.stdout.write(json.dumps(uvloop.run(run.go())) + "\n")
