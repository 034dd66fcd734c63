"""A broker's answer that one must not believe at once, because the next one says otherwise."""

from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from processors.fetch.fetching import BoundedFetcher, stopped
from processors.fetch.unreadable import Unreadable
from processors.kafka.client import consumer_options
from processors.kafka.reading import TopicReader
from schemas.kafka_options import started
from tests.support.raw_batches import batch, message, put
from tests.support.space import Space

SpaceMaker = Callable[..., Space]

GOOD = [message(f"m{number}") for number in range(6)]


@pytest.fixture
def late_ends(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, int]]:
    """Every second answer names an end from before its own batches, as one does that a producer overtakes."""
    take, bent = BoundedFetcher._take, list[tuple[Any, int]]()

    def bend(self: BoundedFetcher, assignment: Any, partition: TopicPartition, asked: Any, answer: Any, v: int) -> bool:
        offset = asked.get(partition)
        if answer[-1] and offset is not None and bent[-1:] != [(assignment, offset)]:
            bent.append((assignment, offset))
            answer = (answer[0], answer[1], offset, *answer[3:])
        return take(self, assignment, partition, asked, answer, v)

    monkeypatch.setattr(BoundedFetcher, "_take", bend)
    return bent


def test_a_batch_behind_the_end_that_its_answer_names_is_read_and_not_passed_over(
    new_space: SpaceMaker, late_ends: list[tuple[Any, int]]
) -> None:
    """A rebuild from Kafka, or a look at the dead letters, would lose it."""
    space = new_space()
    # Where the topic ends is known here: a broker names no end from before it was asked, as the bent answers do.
    spans = {TopicPartition(_fill(space), 0): (0, len(GOOD))}
    told: list[Unreadable] = []

    async def read() -> list[bytes | None]:
        async with TopicReader(space.settings, unreadable=told.append, records_at_once=2) as reader:
            return [record.value async for some in reader.records(spans) for record in some]

    assert space.loop.run(read(), timeout=60) == GOOD
    assert told == []
    assert late_ends


def test_a_worker_s_consumer_does_not_stand_still_at_such_a_batch(
    new_space: SpaceMaker, late_ends: list[tuple[Any, int]]
) -> None:
    space = new_space()
    partition = TopicPartition(_fill(space), 0)

    async def read() -> tuple[list[Any], dict[TopicPartition, Unreadable]]:
        consumer = await started(AIOKafkaConsumer(**consumer_options(space.settings), auto_offset_reset="earliest"))
        try:
            consumer.assign([partition])
            found: list[Any] = []
            while len(found) < len(GOOD):
                fetched = await consumer.getmany(partition, timeout_ms=5_000, max_records=2)
                if not fetched:
                    break
                found += [record.value for record in fetched[partition]]
            return found, stopped(consumer, at_once=True)
        finally:
            await consumer.stop()

    assert space.loop.run(read(), timeout=60) == (GOOD, {})
    assert late_ends


def _fill(space: Space) -> str:
    """Several batches in one partition, each of two records."""
    topic = space.settings.topic("messages")
    batches = [(0, batch(GOOD[first : first + 2])) for first in range(0, len(GOOD), 2)]
    space.loop.run(put(space.settings.kafka_bootstrap_servers, topic, batches))
    return topic
