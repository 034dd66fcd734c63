"""Kafka as tests see it: records appended just so, and topics read to their end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from processors.kafka.client import existing_partitions
from producers.append import CONTENT_TYPE
from schemas.kafka_options import MAX_REQUEST_BYTES

Headers = tuple[tuple[str, bytes | None], ...]

_FETCH_WAIT_MS = 100


@dataclass(frozen=True)
class RawRecord:
    """A record exactly as it shall lie in its topic.

    Attributes:
        topic: in the catalogue's words, without the prefix.
        value: None for a tombstone.
        partition: None leaves the choice to the client.
        timestamp_ms: None for now.
    """

    topic: str
    value: bytes | None
    key: bytes | None = None
    headers: Headers = tuple(CONTENT_TYPE)
    timestamp_ms: int | None = None
    partition: int | None = None


async def append_raw(
    bootstrap: str, prefix: str, records: Iterable[RawRecord], login: Mapping[str, Any] | None = None
) -> list[tuple[str, int, int]]:
    """Append records; returns the full topic, partition and offset of each, in their order.

    Arguments:
        bootstrap: where.
        prefix: of the topics.
        records: what.
        login: aiokafka's options for a broker that wants to know who is asking.
    """
    options = {"bootstrap_servers": bootstrap} | dict(login or {})
    producer = AIOKafkaProducer(**options, acks="all", max_request_size=MAX_REQUEST_BYTES)
    await producer.start()
    try:
        sent = [
            await producer.send(
                prefix + record.topic,
                record.value,
                key=record.key,
                headers=list(record.headers),
                timestamp_ms=record.timestamp_ms,
                partition=record.partition,
            )
            for record in records
        ]
        places = [await future for future in sent]
    finally:
        await producer.stop()
    return [(place.topic, place.partition, place.offset) for place in places]


async def read_topic(bootstrap: str, topic: str) -> list[Any]:
    """All records of a topic, from its beginning to the end met on the way; aiokafka's own records."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, fetch_max_wait_ms=_FETCH_WAIT_MS)
    await consumer.start()
    try:
        partitions = await existing_partitions(consumer, [topic])
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        found: list[Any] = []
        while not await _at_end(consumer, partitions):
            fetched = await consumer.getmany(timeout_ms=_FETCH_WAIT_MS)
            found += [record for records in fetched.values() for record in records]
        return found
    finally:
        await consumer.stop()


async def _at_end(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> bool:
    """Whether every partition has answered a fetch and nothing is left in any."""
    for partition in partitions:
        end = consumer.highwater(partition)
        if end is None or await consumer.position(partition) < end:
            return False
    return True
