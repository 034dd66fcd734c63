"""What Kafka knows of how Jejak is doing: lag, the group's members, dead letters, and how the topics are set.

Everything is asked at once and in bounded time: `jejak status` is typed by people who wait.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from processors.dead_letter import HEADER
from processors.dead_letter_marks import read_mark
from processors.fetching import pass_over
from processors.group import Group, describe_group
from processors.kafka import client_options, existing_partitions
from processors.lag import PartitionLag, group_reader, positions, readable_ends
from processors.topics import topic_differences
from schemas.catalogue import TOPICS
from schemas.settings import Settings

_FETCH_WAIT_MS = 100
_TRIES = 100
#: Up to so many dead letters are read; a person waits.
_LETTERS_READ = 5_000
#: Of more of them, so many at the end of each partition.
_LAST_READ = 20


@dataclass(frozen=True)
class LastDeadLetter:
    """The newest dead letter, in short.

    Attributes:
        at_ms: its Kafka timestamp.
        reason: why the record was rejected, such as `UnknownType`.
        message: the field and what is wrong with it.
        topic: where the record came from.
    """

    at_ms: int
    reason: str
    message: str
    topic: str


@dataclass(frozen=True)
class KafkaState:
    """The answer.

    Attributes:
        lags: every partition of the topics that exist.
        group: the consumer group with its members.
        dead_letters: how many have not been put back; at most so many where `dead_letters_exact` is false.
        dead_letters_exact: whether the whole topic was read for that, which is done up to some thousand records.
        last_dead_letter: the newest of them.
        missing: topics that do not exist, the dead letters' included.
        differences: settings of topics that are not the contract's, one line each.
    """

    lags: list[PartitionLag]
    group: Group
    dead_letters: int
    dead_letters_exact: bool
    last_dead_letter: LastDeadLetter | None
    missing: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


async def kafka_state(settings: Settings, seconds: float) -> KafkaState:
    """Ask Kafka.

    Arguments:
        settings: where it is.
        seconds: how long it may take in all.

    Raises:
        TimeoutError: it took longer.
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    async with asyncio.timeout(seconds):
        # One after the other: who is to be told that Kafka is away needs no second proof.
        admin = AIOKafkaAdminClient(**client_options(settings))
        try:
            await admin.start()
            return await _asked(admin, settings)
        finally:
            await admin.close()


async def _asked(admin: AIOKafkaAdminClient, settings: Settings) -> KafkaState:
    wanted = [*(settings.topic(name) for name in TOPICS), settings.dead_letter_topic]
    existing = set(await admin.list_topics())
    present = [name for name in wanted if name in existing]
    group, differences, (lags, letters) = await asyncio.gather(
        describe_group(admin, settings.consumer_group),
        _differences(admin, settings, present),
        _read(settings, wanted[:-1]),
    )
    missing = [name for name in wanted if name not in existing]
    return KafkaState(lags, group, letters.count, letters.exact, letters.last, missing, differences)


async def _differences(admin: AIOKafkaAdminClient, settings: Settings, present: list[str]) -> list[str]:
    """How the topics differ; a user who may not ask for it is told so instead."""
    try:
        return await topic_differences(admin, settings, present)
    except KafkaError as error:
        return [f"how the topics are set is not known: {type(error).__name__}"]


@dataclass(frozen=True)
class _Letters:
    """The dead letters in short; the attributes are `KafkaState`'s."""

    count: int = 0
    exact: bool = True
    last: LastDeadLetter | None = None


async def _read(settings: Settings, topics: list[str]) -> tuple[list[PartitionLag], _Letters]:
    async with group_reader(settings) as consumer:
        # Both now: once it has partitions assigned, the client knows no other topics.
        partitions = await existing_partitions(consumer, topics)
        letters = await existing_partitions(consumer, [settings.dead_letter_topic])
        lags = await positions(consumer, partitions) if partitions else []
        return lags, await _dead_letters(consumer, letters) if letters else _Letters()


async def _dead_letters(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> _Letters:
    """Read the dead letters where they are few, else the ends of their partitions."""
    consumer.assign(partitions)
    pass_over(consumer, lambda _: None)
    begins = await consumer.beginning_offsets(partitions)
    ends = await readable_ends(consumer, partitions)
    records = sum(ends[partition] - begins[partition] for partition in partitions)
    exact = records <= _LETTERS_READ
    waiting: dict[tuple[int, int], LastDeadLetter] = {}
    put_back: set[tuple[int, int]] = set()
    for partition in partitions:
        consumer.seek(partition, begins[partition] if exact else max(begins[partition], ends[partition] - _LAST_READ))
    async for record in _until(consumer, ends):
        if record.value is not None:
            waiting[record.partition, record.offset] = _last(record)
        elif mark := read_mark(record):
            put_back.add(mark.letter)
    left = [letter for place, letter in waiting.items() if place not in put_back]
    return _Letters(len(left) if exact else records, exact, max(left, key=lambda letter: letter.at_ms, default=None))


async def _until(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> AsyncIterator[Any]:
    """Every record from the consumer's positions to these ends."""
    waiting = set(ends)
    for _ in range(_TRIES):
        for partition in tuple(waiting):
            if await consumer.position(partition) >= ends[partition]:
                waiting.discard(partition)
        if not waiting:
            return
        for records in (await consumer.getmany(*waiting, timeout_ms=_FETCH_WAIT_MS)).values():
            for record in records:
                yield record


def _last(record: Any) -> LastDeadLetter:
    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    return LastDeadLetter(
        record.timestamp,
        headers.get(f"{HEADER}exception.class.name", ""),
        headers.get(f"{HEADER}exception.message", ""),
        headers.get(f"{HEADER}topic", ""),
    )
