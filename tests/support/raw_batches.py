"""Batches byte for byte: made, mutated, compressed, and put into a topic without a client that would refuse them."""

import gzip
import json
import struct
from collections.abc import Iterable, Sequence

import cramjam
import lz4.frame
import zstandard
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from processors.fetch.batch_header import HEADER_BYTES, packed, read_header
from processors.fetch.internals import fill
from processors.fetch.record_bytes import batch_bytes, record_bytes, with_checksum

NOW_MS = 1_790_000_000_000
CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
_COMPRESS = {
    0: bytes,
    1: lambda data: gzip.compress(data, 9),
    2: lambda data: bytes(cramjam.snappy.compress_raw(data)),
    3: lz4.frame.compress,
    4: lambda data: zstandard.ZstdCompressor().compress(data),
}


def message(identity: str, workspace: str = "w", **data: object) -> bytes:
    """A good event for the topic of messages."""
    own = {"contact_id": "c", "conversation_id": "k", "message_id": "m", **data}
    event = {"specversion": "1.0", "id": identity, "source": "/raw", "type": "message.incoming"}
    return json.dumps(event | {"time": "2026-05-01T08:00:00Z", "workspaceid": workspace, "data": own}).encode()


def batch(
    values: Sequence[bytes | None], headers: Sequence[tuple[str, bytes | None]] = (), codec: str = "none"
) -> bytes:
    """A sound batch of values."""
    records = [record_bytes(index, b"w/c", value, headers) for index, value in enumerate(values)]
    return compressed(batch_bytes(records, NOW_MS), codec)


def compressed(plain: bytes, codec: str) -> bytes:
    """The same batch, compressed; its checksum is right."""
    return with_records(plain, _COMPRESS[CODECS[codec]](plain[HEADER_BYTES:]), CODECS[codec])


def with_records(template: bytes, records: bytes, codec: int = 0, flags: int = 0, **fields: int) -> bytes:
    """A batch's header before other bytes, as they are; its length and its checksum fit.

    Arguments:
        template: a batch.
        records: what stands behind its header.
        codec: what the header says of them.
        flags: what else its attributes say.
        fields: other fields of the header.
    """
    header = read_header(memoryview(template))
    attributes = (header.attributes & ~7) | codec | flags
    length = HEADER_BYTES - 12 + len(records)
    return with_checksum(packed(header._replace(attributes=attributes, length=length, **fields)) + records)


def at_offset(data: bytes, offset: int) -> bytes:
    """The batch with the base offset that a broker gives it; no checksum is over that."""
    return struct.pack(">q", offset) + data[8:]


async def put(bootstrap: str, topic: str, batches: Iterable[tuple[int, bytes]]) -> list[int | KafkaError]:
    """Append batches just as they are, each to a partition; the base offset of each, or why the broker refuses it."""
    outcomes: list[int | KafkaError] = []
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=32 * 2**20) as producer:
        for partition, data in batches:
            builder = producer.create_batch()
            builder.close()
            fill(builder, data)
            try:
                outcomes.append((await (await producer.send_batch(builder, topic, partition=partition))).offset)
            except KafkaError as error:
                outcomes.append(error)
    return outcomes
