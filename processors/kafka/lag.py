"""Lag: how many records of each partition the consumer group has not committed yet, and how old the first of them is.

Asked of the broker without joining the group. The end of a partition is the high watermark that a fetch answers
with, because the embedded broker's ListOffsets is not to be trusted; on Apache Kafka both are the same number. The
same fetch, from the committed offset on, brings the oldest record that is not stored.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from processors.fetch.fetching import readable_end, stopped
from processors.kafka.client import consumer_options, existing_partitions
from schemas.constants import TOPICS
from schemas.settings import Settings

_FETCH_WAIT_MS = 100
_TRIES = 50
#: So long the first records are waited for, which is longer than a partition has to be silent to be told as such.
_PATIENCE_SECONDS = 1.2


@dataclass(frozen=True)
class PartitionLag:
    """One partition's position.

    Attributes:
        topic: its full name.
        partition: its number.
        committed: the next offset the group would read; None where it has never committed.
        end: the offset that the next record will get.
        lag: records in between; from the partition's beginning where nothing is committed.
        oldest_ms: the Kafka timestamp of the first of them; None for none, or where it has no timestamp.
        in_transactions: how many of them wait for a producer to commit or to abort; nobody reads them before.
        stopped: what cannot be read at the position, with what to do; None where all can be read.
    """

    topic: str
    partition: int
    committed: int | None
    end: int
    lag: int
    oldest_ms: int | None = None
    in_transactions: int = 0
    stopped: str | None = None


@asynccontextmanager
async def group_reader(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer that may ask what the group has committed, without being a member.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    consumer = AIOKafkaConsumer(
        **consumer_options(settings),
        group_id=settings.consumer_group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_FETCH_WAIT_MS,
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def lags(settings: Settings, names: tuple[str, ...] = TOPICS) -> list[PartitionLag]:
    """The lag of every partition of the given topics, in their order. Missing topics are left out.

    Arguments:
        settings: where Kafka is, and the group's name.
        names: topics in the catalogue's words.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    async with group_reader(settings) as consumer:
        partitions = await existing_partitions(consumer, [settings.topic(name) for name in names])
        return await positions(consumer, partitions) if partitions else []


async def positions(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> list[PartitionLag]:
    """The lag of these partitions, for a consumer that has nothing assigned; it has them assigned afterwards."""
    consumer.assign(partitions)
    committed = dict(zip(partitions, await asyncio.gather(*map(consumer.committed, partitions)), strict=True))
    begins = await consumer.beginning_offsets(partitions)
    starts = {partition: max(committed[partition] or 0, begins[partition]) for partition in partitions}
    for partition, offset in starts.items():
        consumer.seek(partition, offset)
    ends, oldest = await _first_records(consumer, partitions)
    stops = stopped(consumer, at_once=True)
    found = []
    for partition in partitions:
        end, start = ends[partition], starts[partition]
        # Behind the end: the topic was deleted and created again, and the group will begin anew.
        lag = end - (begins[partition] if start > end else start)
        at = oldest.get(partition) if lag else None
        readable = readable_end(consumer, partition)
        undecided = 0 if readable is None else end - max(start, readable)
        stop = stops[partition].advice if partition in stops else None
        found.append(
            PartitionLag(
                *(partition.topic, partition.partition, committed[partition], end, lag, at),
                in_transactions=max(0, undecided),
                stopped=stop,
            )
        )
    return found


async def _first_records(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition]
) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    """The high watermarks, and the timestamps of the first records at the consumer's positions."""
    oldest: dict[TopicPartition, int] = {}
    waiting, until = set(partitions), time.monotonic() + _PATIENCE_SECONDS
    while waiting and time.monotonic() < until:
        fetched = await consumer.getmany(*waiting, timeout_ms=_FETCH_WAIT_MS, max_records=len(waiting))
        for partition, records in fetched.items():
            if records:
                oldest.setdefault(partition, records[0].timestamp)
        for partition in tuple(waiting):
            end = readable_end(consumer, partition)
            known = partition in oldest or partition in stopped(consumer, at_once=True)
            if end is not None and (known or await consumer.position(partition) >= end):
                waiting.discard(partition)
    ends = await high_watermarks(consumer, partitions)
    return ends, {partition: at for partition, at in oldest.items() if at >= 0}


async def readable_ends(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
    """How far each partition can be read now: to its end, or to where an open transaction begins.

    As of `high_watermarks`, which it asks.
    """
    ends = await high_watermarks(consumer, partitions)
    for partition in partitions:
        readable = readable_end(consumer, partition)
        if readable is not None:
            ends[partition] = min(ends[partition], readable)
    return ends


async def high_watermarks(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
    """The end of each partition, for a consumer that has them assigned.

    It fetches, a record at a time, until every partition has answered; what does not is asked by ListOffsets. The
    consumer's positions have moved afterwards.
    """
    for _ in range(_TRIES):
        if all(consumer.highwater(partition) is not None for partition in partitions):
            break
        await consumer.getmany(timeout_ms=_FETCH_WAIT_MS, max_records=1)
    silent = [partition for partition in partitions if consumer.highwater(partition) is None]
    asked = await consumer.end_offsets(silent) if silent else {}
    return {partition: asked.get(partition, consumer.highwater(partition)) for partition in partitions}
