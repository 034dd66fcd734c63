"""Consumers: the options that each of ours has, and which partitions there are."""

from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

# Importing it is what gives every consumer our way of reading.
from processors.fetch import fetching, internals  # noqa: F401
from schemas.kafka_options import client_options
from schemas.settings import Settings


def consumer_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments that every consumer of ours takes: records of aborted transactions are never read.

    Raises:
        ValueError, OSError: as above.
    """
    return client_options(settings) | {"isolation_level": "read_committed"}


async def existing_partitions(consumer: AIOKafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
    """The partitions of those topics that exist, in their order. Nothing need be assigned to the consumer.

    All topics come in one request: if asked by name, many brokers would create a missing one. The consumer
    itself knows the partitions only of what it reads, and `topics()` returns none.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    cluster = await internals.all_metadata(consumer)
    return [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(cluster.partitions_for_topic(topic) or ())
    ]
