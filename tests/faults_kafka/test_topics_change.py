"""Topics that change under a running worker: more partitions, and deleted ones that come back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from processors.kafka.topics import ensure_topics
from schemas.constants import PARTITIONS
from schemas.kafka_options import client_options
from tests.support.brokers import ApacheKafka
from tests.support.events import event, record
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

TOPIC = "messages"


def _messages(first: int, count: int) -> list[dict[str, Any]]:
    return [
        event("message.incoming", "ws", {"contact_id": "c", "conversation_id": "k", "message_id": str(number)})
        for number in range(first, first + count)
    ]


def _append(space: Space, events: list[dict[str, Any]], partitions: int = PARTITIONS) -> None:
    space.append(record(item, partition=index % partitions) for index, item in enumerate(events))


def _missing(space: Space, events: list[dict[str, Any]]) -> int:
    """How many of the events are not stored."""
    stored = {row["event_id"] for row in space.query("SELECT event_id FROM events")}
    return sum(item["id"] not in stored for item in events)


def test_records_in_new_partitions_are_stored_by_the_worker_that_runs(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space], logs: Path
) -> None:
    """The hazard: nobody looks for new partitions, or the first to be told reads them from their end."""
    space = space_on(brokers(1).bootstrap)
    before, after = _messages(0, 400), _messages(400, 800)
    with running_worker(space, logs) as worker:
        _append(space, before)
        space.until_committed()
        space.loop.run(_raise_partitions(space, PARTITIONS * 2))
        _append(space, after, PARTITIONS * 2)
        wait_until(lambda: not _missing(space, after), "what lies in new partitions is stored", 90)
        space.until_committed()
        assert worker.alive
    assert {lag.partition for lag in space.lags() if lag.topic.endswith(TOPIC)} == set(range(PARTITIONS * 2))
    assert not _missing(space, before + after)


async def _raise_partitions(space: Space, count: int) -> None:
    admin = AIOKafkaAdminClient(**client_options(space.settings))
    await admin.start()
    try:
        await admin.create_partitions({space.settings.topic(TOPIC): NewPartitions(count)})
    finally:
        await admin.close()


def test_a_topic_deleted_and_created_again_is_read_from_its_new_beginning(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space], logs: Path
) -> None:
    """The hazard: the worker keeps its place in the old topic, and skips as many records of the new one, or hangs.

    More is appended to the new topic, at once, than the old one held, so that the old place lies within it. The
    other topics must go on meanwhile, and the next worker must find the committed offsets right.
    """
    space = space_on(brokers(1).bootstrap)
    before, after, last = _messages(0, 2_000), _messages(2_000, 6_000), _messages(8_000, 100)
    with running_worker(space, logs) as worker:
        _append(space, before)
        space.until_committed()
        space.loop.run(_recreate(space))
        _append(space, after)
        wait_until(lambda: not _missing(space, after), "what lies in the new topic is stored", 90)
        space.until_committed()
        worker.until_ready()
        assert worker.alive
    with running_worker(space, logs):
        _append(space, last)
        wait_until(lambda: not _missing(space, last), "the next worker goes on", 60)
    assert not _missing(space, before + after + last)


async def _recreate(space: Space) -> None:
    name = space.settings.topic(TOPIC)
    admin = AIOKafkaAdminClient(**client_options(space.settings))
    await admin.start()
    try:
        await admin.delete_topics([name])
        while name in await admin.list_topics():
            pass
    finally:
        await admin.close()
    await ensure_topics(space.settings)
