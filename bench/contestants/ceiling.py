"""The ceiling: what fetching and storing cost at all, with nothing done for safety.

aiokafka's `getmany` over assigned partitions (no group, no commits), rows made by Jejak's own row building from
events that are parsed but not validated, raw INSERTs of the same size as Jejak's into the same tables, one of them
on its way while the next is gathered. It loses events when it is killed and stores whatever it is sent.
"""

import asyncio
from datetime import datetime
from typing import Any

import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer

from processors.kafka.client import existing_partitions
from processors.stream.row import COLUMNS, FORMAT, row_of
from projections.clickhouse import connect
from schemas.catalogue import BY_NAME
from schemas.constants import TOPICS
from schemas.event import Event
from schemas.kafka_options import client_options
from schemas.settings import Settings

_BLOCK_ROWS = 100_000
_FETCH_BYTES = 4 * 2**20
_WAIT_MS = 100

_decode = msgspec.json.Decoder().decode


def _row(value: bytes) -> bytes:
    attributes: dict[str, Any] = _decode(value)
    instant_ms = int(datetime.fromisoformat(attributes["time"]).timestamp() * 1000)
    return row_of(Event.of(BY_NAME[attributes["type"]], attributes, instant_ms, 0))


async def _fetch(consumer: AIOKafkaConsumer) -> list[bytes]:
    """A block of rows: as many as there are at once, up to the size of a block."""
    rows: list[bytes] = []
    while len(rows) < _BLOCK_ROWS:
        fetched = await consumer.getmany(timeout_ms=_WAIT_MS)
        if not fetched and rows:
            break
        for records in fetched.values():
            rows += [_row(record.value) for record in records]
    return rows


async def run(settings: Settings) -> None:
    """Store what is in the topics, and what comes, until terminated."""
    consumer = AIOKafkaConsumer(
        **client_options(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_WAIT_MS,
        max_partition_fetch_bytes=_FETCH_BYTES,
    )
    client = connect(settings)

    def insert(rows: list[bytes]) -> None:
        client.raw_insert("events", COLUMNS, b"\n".join(rows), fmt=FORMAT)

    async with consumer:
        consumer.assign(await existing_partitions(consumer, [settings.topic(name) for name in TOPICS]))
        on_its_way: asyncio.Future[None] | None = None
        while True:
            rows = await _fetch(consumer)
            if on_its_way is not None:
                await on_its_way
            on_its_way = asyncio.ensure_future(asyncio.to_thread(insert, rows))


if __name__ == "__main__":
    uvloop.run(run(Settings()))
