"""Reading the dead letter topic: what was rejected, where it came from and why."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from processors.dead_letter import HEADER
from processors.kafka import client_options
from schemas.settings import Settings

_FETCH_WAIT_MS = 100
_TRIES_WITHOUT_RECORDS = 20


@dataclass(frozen=True)
class StoredDeadLetter:
    """A dead letter as it lies in its topic.

    Attributes:
        partition, offset: its place there.
        timestamp_ms: when it was rejected.
        key, value, headers: the record's own, byte for byte; the reasons are not among the headers.
        reasons: what the `__connect.errors.` headers say, by their names behind that.
    """

    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    reasons: dict[str, str]


def _read(record: Any) -> StoredDeadLetter:
    own = tuple((name, value) for name, value in record.headers if not name.startswith(HEADER))
    reasons = {
        name.removeprefix(HEADER): (value or b"").decode(errors="replace")
        for name, value in record.headers
        if name.startswith(HEADER)
    }
    return StoredDeadLetter(
        record.partition, record.offset, record.timestamp, record.key, record.value or b"", own, reasons
    )


async def read_dead_letters(settings: Settings) -> AsyncIterator[StoredDeadLetter]:
    """All dead letters there are now, partition by partition as they come.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    consumer = AIOKafkaConsumer(
        **client_options(settings), auto_offset_reset="earliest", fetch_max_wait_ms=_FETCH_WAIT_MS
    )
    try:
        await consumer.start()
        topic = settings.dead_letter_topic
        if topic not in await consumer.topics():
            return
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        async for record in _until_end(consumer, partitions):
            yield _read(record)
    finally:
        await consumer.stop()


async def _until_end(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> AsyncIterator[Any]:
    """Every record up to the high watermarks met on the way."""
    idle = 0
    while idle < _TRIES_WITHOUT_RECORDS:
        fetched = await consumer.getmany(timeout_ms=_FETCH_WAIT_MS)
        for records in fetched.values():
            for record in records:
                yield record
        idle = 0 if fetched else idle + 1
        ends = {partition: consumer.highwater(partition) for partition in partitions}
        if all(end is not None for end in ends.values()):
            positions = {partition: await consumer.position(partition) for partition in partitions}
            if all(positions[partition] >= (ends[partition] or 0) for partition in partitions):
                return
