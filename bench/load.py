"""The backlogs: simulated events of all types, in the topics before anybody reads them."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack

from aiokafka import AIOKafkaConsumer

from bench.ground import Ground
from bench.plan import SCALED, WORKSPACES, Load, Plan
from processors.kafka.client import existing_partitions
from producers.append import Appender, Outgoing
from producers.events import addressed, append_records
from producers.simulator import Record, simulate
from schemas.constants import TOPICS
from schemas.kafka_options import client_options
from schemas.settings import Settings

_STEP = 2_000


async def fill(ground: Ground, plan: Plan) -> dict[Load, int]:
    """Append the plan's events.

    Returns:
        How many there are in each backlog.

    Raises:
        aiokafka.errors.KafkaError: the broker refuses.
    """
    counts = dict.fromkeys(Load, 0)
    async with AsyncExitStack() as stack:
        settings = {load: ground.settings(load, "bench") for load in Load}
        appenders = {load: await stack.enter_async_context(Appender(settings[load])) for load in Load}

        async def append(load: Load, record: Record) -> None:
            await appenders[load].append(addressed(settings[load], record))
            counts[load] += 1

        for number, record in enumerate(simulate(plan.scenario)):
            await append(Load.LARGE, record)
            if number % plan.every == 0:
                await append(Load.SMALL, record)
            if number % plan.every_scaled == 0:
                for load in SCALED:
                    await append(load, _spread(record) if load is Load.MANY_WORKSPACES else record)
            if number % _STEP == 0:
                await asyncio.sleep(0)
    return counts


def _spread(record: Record) -> Record:
    """The same event in one of many workspaces; all events of a contact are in the same."""
    name, _, entity = record.key.partition("/")
    other = f"{name}_{sum(entity.encode()) * 31 % WORKSPACES}"
    value = record.value.replace(f'"workspaceid":"{name}"'.encode(), f'"workspaceid":"{other}"'.encode(), 1)
    return record._replace(value=value, key=f"{other}/{entity}")


async def append_all(settings: Settings, records: Iterable[Record]) -> int:
    """Append records to the topics of these settings.

    Returns:
        How many there were.

    Raises:
        aiokafka.errors.KafkaError: the broker refuses.
    """
    return await append_records(settings, records, advance=lambda _: None)


async def append_again(settings: Settings, number: int) -> None:
    """Append the first records of a backlog to it once more, as events of their own, until so many are added.

    Arguments:
        settings: whose topics.
        number: how many; at most as many as there are.
    """
    async with Appender(settings) as appender:
        async for record in _read(settings, number):
            event_id = json.loads(record.value)["id"].encode()
            value = record.value.replace(event_id, event_id + b"-again", 1)
            await appender.append(Outgoing(record.topic, value, record.key, record.headers))


async def _read(settings: Settings, number: int) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        **client_options(settings), auto_offset_reset="earliest", max_partition_fetch_bytes=4 * 2**20
    )
    try:
        await consumer.start()
        names = [settings.topic(name) for name in TOPICS]
        consumer.assign(await existing_partitions(consumer, names))
        while number:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records[:number]:
                    yield record
                number -= len(records[:number])
    finally:
        await consumer.stop()
