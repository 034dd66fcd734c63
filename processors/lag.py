"""Lag: how many records of each partition the consumer group has not committed yet.

Asked of the broker without joining the group. The end of a partition is the high watermark that a fetch answers
with, because the embedded broker's ListOffsets is not to be trusted; on Apache Kafka both are the same number.
"""

import asyncio
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from processors.kafka import client_options, existing_partitions
from schemas.catalogue import TOPICS
from schemas.settings import Settings

_FETCH_WAIT_MS = 100


@dataclass(frozen=True)
class PartitionLag:
    """One partition's position.

    Attributes:
        topic: its full name.
        partition: its number.
        committed: the next offset the group would read; None where it has never committed.
        end: the offset that the next record will get.
        lag: records in between; from the partition's beginning where nothing is committed.
    """

    topic: str
    partition: int
    committed: int | None
    end: int
    lag: int


async def lags(settings: Settings, names: tuple[str, ...] = TOPICS) -> list[PartitionLag]:
    """The lag of every partition of the given topics, in their order. Missing topics are left out.

    Arguments:
        settings: where Kafka is, and the group's name.
        names: topics in the catalogue's words.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    consumer = AIOKafkaConsumer(
        **client_options(settings),
        group_id=settings.consumer_group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_FETCH_WAIT_MS,
    )
    try:
        await consumer.start()
        partitions = await existing_partitions(consumer, [settings.topic(name) for name in names])
        return await _positions(consumer, partitions) if partitions else []
    finally:
        await consumer.stop()


async def _positions(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> list[PartitionLag]:
    consumer.assign(partitions)
    committed = dict(zip(partitions, await asyncio.gather(*map(consumer.committed, partitions)), strict=True))
    begins = await consumer.beginning_offsets(partitions)
    for partition in partitions:
        consumer.seek(partition, max(committed[partition] or 0, begins[partition]))
    ends = await high_watermarks(consumer, partitions)
    return [
        PartitionLag(
            partition.topic,
            partition.partition,
            committed[partition],
            ends[partition],
            max(0, ends[partition] - max(committed[partition] or 0, begins[partition])),
        )
        for partition in partitions
    ]


async def high_watermarks(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
    """The end of each partition, for a consumer that has them assigned.

    It fetches, a record at a time, until every partition has answered; what does not is asked by ListOffsets. The
    consumer's positions have moved afterwards.
    """
    for _ in range(50):
        await consumer.getmany(timeout_ms=_FETCH_WAIT_MS, max_records=1)
        if all(consumer.highwater(partition) is not None for partition in partitions):
            break
    silent = [partition for partition in partitions if consumer.highwater(partition) is None]
    asked = await consumer.end_offsets(silent) if silent else {}
    return {partition: asked.get(partition, consumer.highwater(partition)) for partition in partitions}
