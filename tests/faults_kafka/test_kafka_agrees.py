"""What Jejak says of Kafka, held against Kafka's own tools, and what only a real broker refuses."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.kafka_options import client_options
from tests.support.apache_kafka.java import run_tool
from tests.support.brokers import ApacheKafka
from tests.support.events import example, record
from tests.support.jejak import jejak
from tests.support.kafka import RawRecord, read_topic
from tests.support.space import Space
from tests.support.worker import running_worker

GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
TOPICS = "org.apache.kafka.tools.TopicCommand"


def test_status_and_kafkas_own_tool_tell_the_same_lag(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space], logs: Path
) -> None:
    """With a worker in the group, and with a lag after it has gone."""
    space = space_on(brokers(1).bootstrap)
    events = [record(example("message.incoming", f"ws{number}"), partition=number % 4) for number in range(40)]
    with running_worker(space, logs):
        space.append(events)
        space.until_committed()
        told = _lag_by_status(space)
        assert len(told) == 4
        assert _lag_by_kafka(space) == told
    space.append(events[:17])
    told = _lag_by_status(space)
    assert sum(told.values()) == 17
    assert _lag_by_kafka(space) == told


def _lag_by_status(space: Space) -> dict[tuple[str, int], int]:
    """The partitions that the group has ever committed, with their lag."""
    answer = json.loads(jejak("status", "--json", settings=space.environment).stdout)
    return {(item["topic"], item["partition"]): item["lag"] for item in answer["lag"] if item["committed"] is not None}


def _lag_by_kafka(space: Space) -> dict[tuple[str, int], int]:
    bootstrap = space.settings.kafka_bootstrap_servers
    told = run_tool(GROUPS, "--bootstrap-server", bootstrap, "--describe", "--group", space.settings.consumer_group)
    lines = [line.split() for line in told.splitlines() if line.startswith(space.settings.consumer_group)]
    # GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG …; a dash where nothing was ever committed.
    return {(line[1], int(line[2])): int(line[5]) for line in lines if line[3] != "-"}


def test_topics_are_made_as_the_contract_has_them(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space]
) -> None:
    """As Kafka's own tool describes them, on three brokers; and `jejak topics` finds nothing to change."""
    space = space_on(brokers(3).bootstrap)
    told = run_tool(TOPICS, "--bootstrap-server", space.settings.kafka_bootstrap_servers, "--describe")
    heads = [line for line in told.splitlines() if line.startswith(f"Topic: {space.settings.topic_prefix}")]
    assert len(heads) == 8
    for head in heads:
        size = 16 * 2**20 if "dead-letters" in head else 2 * 2**20
        assert "PartitionCount: 4" in head
        assert "ReplicationFactor: 3" in head
        for setting in ("cleanup.policy=delete", "retention.ms=-1", f"max.message.bytes={size}"):
            assert setting in head
    again = jejak("topics", settings=space.environment)
    assert again.status == 0, again.stderr
    assert again.stdout.count("present") == 8


def test_a_dead_letter_that_the_broker_refuses_for_its_size_keeps_everything_but_its_value(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space], logs: Path
) -> None:
    """Contract, section 4. It must hold up nobody, and take no other dead letter's value along."""
    space = space_on(brokers(1).bootstrap)
    space.loop.run(_limit_dead_letters(space, 100_000))
    large, small, good = b"x" * 1_500_000, b"no JSON", record(example("message.incoming", "ws"), partition=0)
    with running_worker(space, logs):
        space.append(
            [
                RawRecord("messages", small, key=b"before", partition=0),
                RawRecord("messages", large, key=b"large", partition=0),
                RawRecord("messages", small, key=b"behind", partition=0),
                good,
            ]
        )
        space.until_committed()
    assert space.stored() == 1
    bootstrap = space.settings.kafka_bootstrap_servers
    letters = {letter.key: letter for letter in space.loop.run(read_topic(bootstrap, space.settings.dead_letter_topic))}
    assert {key: letter.value for key, letter in letters.items()} == {b"before": small, b"large": b"", b"behind": small}
    told = dict(letters[b"large"].headers)
    assert told["jejak.value.sha256"] == hashlib.sha256(large).hexdigest().encode()
    assert told["jejak.value.bytes"] == b"1500000"
    assert told["__connect.errors.offset"] == b"1"
    assert told["content-type"] == b"application/cloudevents+json"


async def _limit_dead_letters(space: Space, size: int) -> None:
    admin = AIOKafkaAdminClient(**client_options(space.settings))
    await admin.start()
    try:
        configs = {"max.message.bytes": str(size)}
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, space.settings.dead_letter_topic, configs=configs)]
        )
    finally:
        await admin.close()
