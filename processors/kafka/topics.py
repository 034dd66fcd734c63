"""The topics: created as the contract has them (section 2), or checked where they exist already."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from schemas.constants import (
    CLEANUP_POLICY,
    MAX_DEAD_LETTER_BYTES,
    MAX_MESSAGE_BYTES,
    PARTITIONS,
    RETENTION_MS,
    TOPICS,
)
from schemas.kafka_options import client_options
from schemas.settings import Settings
from schemas.words import counted

_KNOWN_SECONDS = 10.0

#: Copies of each partition, where there are as many brokers.
REPLICAS = 3
CONFIGS = {
    "cleanup.policy": CLEANUP_POLICY,
    "retention.ms": str(RETENTION_MS),
    "max.message.bytes": str(MAX_MESSAGE_BYTES),
}
DEAD_LETTER_CONFIGS = CONFIGS | {"max.message.bytes": str(MAX_DEAD_LETTER_BYTES)}


@dataclass
class TopicReport:
    """What `jejak topics` found and did.

    Attributes:
        created: topics that were missing.
        present: topics that were there.
        differences: settings of present topics that are not the contract's, one line each.
    """

    created: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


async def ensure_topics(settings: Settings) -> TopicReport:
    """Create the missing topics and check the others.

    Arguments:
        settings: where Kafka is, and the topics' prefix.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    wanted = _wanted(settings)
    admin = AIOKafkaAdminClient(**client_options(settings))
    try:
        await admin.start()
        existing = set(await admin.list_topics())
        replicas = min(REPLICAS, len((await admin.describe_cluster())["brokers"]))
        report = TopicReport()
        for name, configs in wanted.items():
            created = name not in existing and await _create(admin, name, configs, replicas)
            (report.created if created else report.present).append(name)
        await _until_known(admin, report.created)
        report.differences = await topic_differences(admin, settings, report.present)
        return report
    finally:
        await admin.close()


def _wanted(settings: Settings) -> dict[str, dict[str, str]]:
    """Every topic with its settings."""
    return {settings.topic(name): CONFIGS for name in TOPICS} | {settings.dead_letter_topic: DEAD_LETTER_CONFIGS}


async def topic_differences(admin: AIOKafkaAdminClient, settings: Settings, names: list[str]) -> list[str]:
    """What of these topics is not as the contract has it, one line each.

    Arguments:
        admin: a client that is started.
        settings: the topics' prefix.
        names: topics that exist.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    wanted = {name: configs for name, configs in _wanted(settings).items() if name in names}
    return await _partition_differences(admin, list(wanted)) + await _differences(admin, wanted)


async def _create(admin: AIOKafkaAdminClient, name: str, configs: dict[str, str], replicas: int) -> bool:
    """Create one; False if somebody else was quicker."""
    topic = NewTopic(name, PARTITIONS, replicas, topic_configs=configs)
    response = await admin.create_topics([topic])
    for _, code, *rest in response.topic_errors:
        if code == TopicAlreadyExistsError.errno:
            return False
        if code:
            raise for_code(code)(f"topic {name}: {rest[0] if rest and rest[0] else 'refused'}")
    return True


async def _until_known(admin: AIOKafkaAdminClient, names: list[str]) -> None:
    """Wait until the brokers list new topics and their leaders: a broker confirms before all of them know the topic."""
    deadline = time.monotonic() + _KNOWN_SECONDS
    while names and time.monotonic() < deadline:
        described = await admin.describe_topics(names)
        if all(not item["error_code"] and _is_led(item["partitions"]) for item in described):
            return
        await asyncio.sleep(0.05)


def _is_led(partitions: list[dict[str, Any]]) -> bool:
    return bool(partitions) and all(not item["error_code"] and item["leader"] >= 0 for item in partitions)


async def _partition_differences(admin: AIOKafkaAdminClient, names: list[str]) -> list[str]:
    """Topics with fewer partitions than the contract's. More of them is an operator's good right."""
    described = await admin.describe_topics(names) if names else []
    return [
        f"topic {item['topic']}: has {counted(len(item['partitions']), 'partition')}, the contract says {PARTITIONS}"
        for item in described
        if len(item["partitions"]) < PARTITIONS
    ]


async def missing_topics(settings: Settings) -> list[str]:
    """The topics that do not exist yet, without creating any.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    admin = AIOKafkaAdminClient(**client_options(settings))
    try:
        await admin.start()
        existing = set(await admin.list_topics())
    finally:
        await admin.close()
    wanted = [*(settings.topic(name) for name in TOPICS), settings.dead_letter_topic]
    return [name for name in wanted if name not in existing]


async def _differences(admin: AIOKafkaAdminClient, wanted: dict[str, dict[str, str]]) -> list[str]:
    if not wanted:
        return []
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in wanted]
    found: list[str] = []
    for response in await admin.describe_configs(resources):
        for code, _, _, name, entries in response.resources:
            if code:
                raise for_code(code)(f"settings of topic {name}")
            actual = {entry[0]: entry[1] for entry in entries}
            for key, value in wanted[name].items():
                # If a broker does not return a setting (the embedded one), no difference is known.
                if actual.get(key) not in (value, None):
                    found.append(f"topic {name}: {key} is {actual[key]}, the contract says {value}")
    return found
