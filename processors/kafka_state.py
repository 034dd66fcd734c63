"""What Kafka knows of how Jejak is doing: lag, the group's members, dead letters, and how the topics are set.

Everything is asked at once and in bounded time: `jejak status` is typed by people who wait.
"""

import asyncio
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from processors.dead_letter import HEADER
from processors.group import Group, describe_group
from processors.kafka import client_options
from processors.lag import PartitionLag, existing_partitions, group_reader, high_watermarks, positions
from processors.topics import topic_differences
from schemas.catalogue import TOPICS
from schemas.settings import Settings

_FETCH_WAIT_MS = 100
_TRIES = 10


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
        dead_letters: how many records the dead letter topic holds.
        last_dead_letter: the newest of them.
        missing: topics that do not exist, the dead letters' included.
        differences: settings of topics that are not the contract's, one line each.
    """

    lags: list[PartitionLag]
    group: Group
    dead_letters: int
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
    group, differences, (lags, count, last) = await asyncio.gather(
        describe_group(admin, settings.consumer_group),
        _differences(admin, settings, present),
        _read(settings, wanted[:-1]),
    )
    return KafkaState(lags, group, count, last, [name for name in wanted if name not in existing], differences)


async def _differences(admin: AIOKafkaAdminClient, settings: Settings, present: list[str]) -> list[str]:
    """How the topics differ; a user who may not ask for it is told so instead."""
    try:
        return await topic_differences(admin, settings, present)
    except KafkaError as error:
        return [f"how the topics are set is not known: {type(error).__name__}"]


async def _read(settings: Settings, topics: list[str]) -> tuple[list[PartitionLag], int, LastDeadLetter | None]:
    async with group_reader(settings) as consumer:
        # Both now: once it has partitions assigned, the client knows no other topics.
        partitions = await existing_partitions(consumer, topics)
        letters = await existing_partitions(consumer, [settings.dead_letter_topic])
        lags = await positions(consumer, partitions) if partitions else []
        count, last = await _dead_letters(consumer, letters) if letters else (0, None)
        return lags, count, last


async def _dead_letters(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition]
) -> tuple[int, LastDeadLetter | None]:
    """How many there are, and the newest: of each partition only the last record is read."""
    consumer.assign(partitions)
    begins = await consumer.beginning_offsets(partitions)
    ends = await high_watermarks(consumer, partitions)
    filled = {partition for partition in partitions if ends[partition] > begins[partition]}
    for partition in filled:
        consumer.seek(partition, ends[partition] - 1)
    newest: list[LastDeadLetter] = []
    for _ in range(_TRIES):
        if not filled:
            break
        fetched = await consumer.getmany(*filled, timeout_ms=_FETCH_WAIT_MS)
        newest += [_last(records[-1]) for records in fetched.values()]
        filled -= set(fetched)
    count = sum(ends[partition] - begins[partition] for partition in partitions)
    return count, max(newest, key=lambda letter: letter.at_ms, default=None)


def _last(record: object) -> LastDeadLetter:
    headers = {name: (value or b"").decode(errors="replace") for name, value in getattr(record, "headers", ())}
    return LastDeadLetter(
        getattr(record, "timestamp", -1),
        headers.get(f"{HEADER}exception.class.name", ""),
        headers.get(f"{HEADER}exception.message", ""),
        headers.get(f"{HEADER}topic", ""),
    )
