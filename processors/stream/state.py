"""The state of the stream, as Kafka knows it: lag, the group's members, dead letters, and how the topics are set.

All queries run in parallel and in bounded time, because people wait for `jejak status`.
"""

import asyncio
from dataclasses import dataclass, field

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from processors.dead_letters.reading import DeadLetterTopic
from processors.dead_letters.summary import Summary, Waiting
from processors.kafka.client import existing_partitions
from processors.kafka.group import Group, describe_group
from processors.kafka.lag import PartitionLag, group_reader, positions
from processors.kafka.topics import topic_differences
from schemas.constants import TOPICS
from schemas.kafka_options import client_options
from schemas.settings import Settings

#: So many dead letters are read at most, for so long; a person waits.
_LETTERS_READ = 20_000
_LETTERS_SECONDS = 1.0


@dataclass(frozen=True)
class KafkaState:
    """The answer.

    Attributes:
        lags: every partition of the topics that exist.
        group: the consumer group with its members.
        dead_letters: those without a mark; which of them were repaired by hand is not Kafka's to know.
        missing: topics that do not exist, the dead letters' included.
        differences: settings of topics that are not the contract's, one line each.
    """

    lags: list[PartitionLag]
    group: Group
    dead_letters: Waiting
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
        # One after the other: one failure is enough to report that Kafka is away.
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
    group, differences, lags, letters = await asyncio.gather(
        describe_group(admin, settings.consumer_group),
        _differences(admin, settings, present),
        _lags(settings, wanted[:-1]),
        _dead_letters(settings) if settings.dead_letter_topic in existing else _none(),
    )
    missing = [name for name in wanted if name not in existing]
    return KafkaState(lags, group, letters, missing, differences)


async def _none() -> Waiting:
    """The topic is missing, which is reported as such."""
    return Waiting()


async def _differences(admin: AIOKafkaAdminClient, settings: Settings, present: list[str]) -> list[str]:
    """How the topics differ; for a user without the right to read their settings, that instead."""
    try:
        return await topic_differences(admin, settings, present)
    except KafkaError as error:
        return [f"the topics' settings are unknown: {type(error).__name__}"]


async def _lags(settings: Settings, topics: list[str]) -> list[PartitionLag]:
    async with group_reader(settings) as consumer:
        partitions = await existing_partitions(consumer, topics)
        return await positions(consumer, partitions) if partitions else []


async def _dead_letters(settings: Settings) -> Waiting:
    """What waits among the dead letters; whether it was repaired by hand, ClickHouse has to say."""
    async with DeadLetterTopic(settings) as topic:
        return await Summary(_LETTERS_READ).look(topic, _LETTERS_SECONDS)
