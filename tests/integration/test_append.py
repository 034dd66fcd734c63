"""Appending: what the broker has is what was promised, whoever shares the appender."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aiokafka.errors import UnknownTopicOrPartitionError

from producers.append import Acknowledged, Appender, Outgoing
from schemas.constants import MESSAGES
from schemas.settings import Settings
from tests.support.kafka import read_topic
from tests.support.space import Space

SpaceMaker = Callable[[], Space]

#: Tasks that share an appender, and what each appends: more than one batch of a partition.
TASKS, RECORDS, SIZE = 6, 40, 40_000


def record(settings: Settings, name: str, size: int = 0) -> Outgoing:
    return Outgoing(settings.topic(MESSAGES), f"{name} ".encode().ljust(size, b"x"), name.encode())


async def send_together(settings: Settings) -> list[list[Acknowledged]]:
    """What each of several tasks is told of its own records."""
    async with Appender(settings) as appender:

        async def send(task: int) -> list[Acknowledged]:
            return await appender.send([record(settings, f"{task}-{number}") for number in range(RECORDS)])

        return await asyncio.gather(*map(send, range(TASKS)))


def test_each_task_is_told_where_its_own_records_are(new_space: SpaceMaker) -> None:
    space = new_space()
    answers = space.loop.run(send_together(space.settings))
    there = {(found.topic, found.partition, found.offset): found.value for found in lying_in(space)}
    for task, places in enumerate(answers):
        assert [there[place].decode().strip() for place in places] == [f"{task}-{number}" for number in range(RECORDS)]
    assert len(there) == TASKS * RECORDS


async def append_together(settings: Settings) -> None:
    """Several tasks that fill the same batches."""
    async with Appender(settings) as appender:

        async def append(task: int) -> None:
            for number in range(RECORDS):
                await appender.append(record(settings, f"{task}-{number}", SIZE))
                await asyncio.sleep(0)
            await appender.flush()

        await asyncio.gather(*map(append, range(TASKS)))


def test_tasks_that_fill_the_same_batches_lose_nothing(new_space: SpaceMaker) -> None:
    """It can fail: a batch that two tasks find full, of which one replaces what the other has just begun."""
    space = new_space()
    space.loop.run(append_together(space.settings))
    names = {found.value.split()[0].decode() for found in lying_in(space)}
    assert names == {f"{task}-{number}" for task in range(TASKS) for number in range(RECORDS)}


async def send_to_missing(settings: Settings, records: Sequence[Outgoing]) -> None:
    async with Appender(settings) as appender:
        await appender.send(records)


def test_nothing_is_appended_where_a_topic_is_missing(new_space: SpaceMaker) -> None:
    space = new_space()
    good, lost = record(space.settings, "good"), record(space.settings, "lost")._replace(topic="no.such.topic")
    with pytest.raises(UnknownTopicOrPartitionError, match=r"no\.such\.topic is missing, run `jejak topics`"):
        space.loop.run(send_to_missing(space.settings, [good, lost]))
    assert lying_in(space) == []


def lying_in(space: Space) -> list[Any]:
    """All records of the topic of messages."""
    return space.loop.run(read_topic(space.settings.kafka_bootstrap_servers, space.settings.topic(MESSAGES)))
