"""Skipping a batch that cannot be read: it is fetched once more, and kept as the letter that workers look for."""

from dataclasses import replace

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import OffsetOutOfRangeError
from aiokafka.structs import TopicPartition

from processors.dead_letters.dead_letter import DeadLetters
from processors.dead_letters.skipped import skip_letter
from processors.fetch.fetching import readable_end, stopped
from processors.fetch.unreadable import Unreadable
from processors.kafka.client import consumer_options, existing_partitions
from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning
from schemas.settings import Settings

_FETCH_WAIT_MS = 200
#: So many are asked for, each for half a second and more.
_SILENT_OFFSETS = 40


class NothingToSkipError(Exception):
    """There is nothing at that place that cannot be read."""


async def skip_unreadable(
    settings: Settings, topic: str, partition: int, offset: int, behind: int | None = None
) -> Unreadable:
    """Keep a batch's bytes as a dead letter, which lets workers skip it; returns what it was.

    Arguments:
        settings: where Kafka is.
        topic: its full name.
        partition, offset: where the partition stands still.
        behind: where to continue, instead of what the batch says.

    Raises:
        NothingToSkipError: what is there can be read, or there is nothing; `behind` is behind the partition's end,
            where the next records to come would be passed over, too.
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    found = await _unreadable(settings, TopicPartition(topic, partition), offset, behind)
    letters = DeadLetters(settings, Tuning(), Metrics())
    try:
        await letters.send([skip_letter(found)])
    finally:
        await letters.stop()
    return found


async def _unreadable(settings: Settings, partition: TopicPartition, offset: int, behind: int | None) -> Unreadable:
    consumer = AIOKafkaConsumer(
        **consumer_options(settings), auto_offset_reset="none", fetch_max_wait_ms=_FETCH_WAIT_MS
    )
    try:
        await consumer.start()
        if partition not in await existing_partitions(consumer, [partition.topic]):
            raise NothingToSkipError(f"there is no partition {partition.partition} of {partition.topic}")
        found = await _met(consumer, partition, offset)
        if behind is None:
            return replace(found, behind=await where_to_go_on(consumer, partition, found))
        if (end := consumer.highwater(partition)) is None or behind > end:
            raise NothingToSkipError(f"--to: {partition.topic}[{partition.partition}] ends at offset {end}")
        return replace(found, behind=behind)
    finally:
        await consumer.stop()


async def where_to_go_on(consumer: AIOKafkaConsumer, partition: TopicPartition, found: Unreadable) -> int:
    """The first offset behind what cannot be read at which there may be something that can.

    Arguments:
        consumer: of one partition at a time; it has this one assigned afterwards.
        partition: where.
        found: what cannot be read.

    Raises:
        NothingToSkipError: it cannot be found.
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    return await (_first_given if found.silent else _first_behind)(consumer, partition, found)


async def _first_behind(consumer: AIOKafkaConsumer, partition: TopicPartition, found: Unreadable) -> int:
    """The first offset at which the broker gives something else than this batch.

    Where its own header cannot be trusted, only the broker knows where it ends.
    """
    low, step = found.behind - 1, 1
    while await _is_same(consumer, partition, found, low + step):
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if await _is_same(consumer, partition, found, middle):
            low = middle
        else:
            high = middle
    return high


async def _first_given(consumer: AIOKafkaConsumer, partition: TopicPartition, found: Unreadable) -> int:
    """The first offset behind a silent one at which the broker answers otherwise, or the partition's end.

    One after the other is asked for: records may lie between two silences, so no larger step is safe.
    """
    for offset in range(found.offset + 1, found.offset + 1 + _SILENT_OFFSETS):
        try:
            if not (await _met(consumer, partition, offset, at_once=True)).silent:
                return offset
        except NothingToSkipError:
            return offset
    raise NothingToSkipError(
        f"the broker returns nothing at {_SILENT_OFFSETS} offsets from {found.place} on; "
        "name the offset to continue at by --to"
    )


async def _is_same(consumer: AIOKafkaConsumer, partition: TopicPartition, found: Unreadable, offset: int) -> bool:
    try:
        return (await _met(consumer, partition, offset)).fingerprint == found.fingerprint
    except NothingToSkipError:
        return False


async def _met(
    consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int, *, at_once: bool = False
) -> Unreadable:
    """What stops the reading at an offset.

    Arguments:
        consumer: it has the partition assigned afterwards.
        partition, offset: where.
        at_once: whether an error or a silence of the broker's counts before it has lasted for some seconds.
    """
    consumer.assign([partition])
    if not (begin := (await consumer.beginning_offsets([partition]))[partition]) <= offset:
        raise NothingToSkipError(f"{partition.topic}[{partition.partition}] begins at offset {begin}")
    consumer.seek(partition, offset)
    while True:
        try:
            fetched = await consumer.getmany(timeout_ms=_FETCH_WAIT_MS, max_records=1)
        except OffsetOutOfRangeError:
            raise NothingToSkipError(f"{partition.topic}[{partition.partition}] ends before offset {offset}") from None
        found = stopped(consumer, at_once=at_once).get(partition)
        if found is not None and found.offset == offset:
            return found
        end = readable_end(consumer, partition)
        if fetched or found is not None or (end is not None and offset >= end):
            where = f"{partition.topic}[{partition.partition}]@{offset}"
            more = f"; it stands still at {found.offset}" if found is not None else ""
            raise NothingToSkipError(f"{where} can be read, or nothing is there: there is nothing to skip{more}")
