"""A record written byte for byte: aiokafka's producer takes headers' names as text, and not every name is text.

A name that is not UTF-8 was decoded with `surrogateescape` (`processors/fetch/careful.py`), and only that gives its
bytes back. So a record with such a name is sent as a separate batch, made here.
"""

import struct
import time
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.record.util import calc_crc32c

from processors.fetch.batch_header import CRC_FROM, HEADER_BYTES, OVERHEAD_BYTES, BatchHeader, packed
from processors.fetch.internals import fill

_CRC = struct.Struct(">I")
_CRC_AT = 17

AnyHeaders = Sequence[tuple[str, bytes | None]]


def number(value: int) -> bytes:
    """A signed number as records have them."""
    left, found = (value << 1) ^ (value >> 63), bytearray()
    while left > 0x7F:
        found.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes((*found, left))


def sized(data: bytes | None) -> bytes:
    """Bytes with their length in front."""
    return number(-1) if data is None else number(len(data)) + data


def record_bytes(index: int, key: bytes | None, value: bytes | None, headers: AnyHeaders, delta_ms: int = 0) -> bytes:
    """A record within a batch.

    Arguments:
        index: its offset, counted from the batch's first.
        key, value, headers: its own.
        delta_ms: its timestamp, likewise.
    """
    body = [b"\x00", number(delta_ms), number(index), sized(key), sized(value), number(len(headers))]
    for name, content in headers:
        body += [sized(name.encode("utf-8", "surrogateescape")), sized(content)]
    return sized(b"".join(body))


def batch_bytes(records: Sequence[bytes], timestamp_ms: int) -> bytes:
    """A batch of records, uncompressed."""
    body, last = b"".join(records), len(records) - 1
    length = HEADER_BYTES - OVERHEAD_BYTES + len(body)
    header = BatchHeader(0, length, -1, 2, 0, 0, last, timestamp_ms, timestamp_ms, -1, -1, -1, len(records))
    return with_checksum(packed(header) + body)


def with_checksum(batch: bytes) -> bytes:
    """The same batch with the checksum that its bytes have."""
    return batch[:_CRC_AT] + _CRC.pack(calc_crc32c(batch[CRC_FROM:])) + batch[CRC_FROM:]


def is_text(headers: AnyHeaders) -> bool:
    """Whether aiokafka can write all names."""
    try:
        for name, _ in headers:
            name.encode()
    except UnicodeEncodeError:
        return False
    return True


async def send(
    producer: AIOKafkaProducer,
    topic: str,
    value: bytes | None,
    *,
    key: bytes | None,
    headers: AnyHeaders,
    partition: int | None = None,
    timestamp_ms: int | None = None,
) -> Any:
    """As the producer's own `send`: append a record, and return what to await for the broker's word."""
    if is_text(headers):
        return await producer.send(
            topic, value, key=key, partition=partition, timestamp_ms=timestamp_ms, headers=list(headers)
        )
    if partition is None:
        numbers = sorted(await producer.partitions_for(topic))
        partition = DefaultPartitioner()(key, numbers, numbers)
    now_ms = int(time.time() * 1000) if timestamp_ms is None else timestamp_ms
    batch = producer.create_batch()
    batch.close()
    fill(batch, batch_bytes([record_bytes(0, key, value, headers)], now_ms))
    return await producer.send_batch(batch, topic, partition=partition)
