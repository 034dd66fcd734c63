"""The backlogs: simulated events of all types, in the topics before anybody reads them."""

import asyncio

from bench.ground import Ground
from bench.plan import Load, Plan
from producers.append import CONTENT_TYPE, Appender
from producers.simulator import Record, simulate
from schemas.catalogue import BY_NAME
from schemas.settings import Settings

_STEP = 2_000


async def fill(ground: Ground, plan: Plan) -> dict[Load, int]:
    """Append the plan's events.

    Returns:
        How many there are in each backlog.

    Raises:
        aiokafka.errors.KafkaError: the broker refuses.
    """
    large, small = (ground.settings(load, "bench") for load in (Load.LARGE, Load.SMALL))
    counts = dict.fromkeys(Load, 0)
    async with Appender(large) as appender:
        for number, record in enumerate(simulate(plan.scenario)):
            await _append(appender, large, record)
            counts[Load.LARGE] += 1
            if number % plan.every == 0:
                await _append(appender, small, record)
                counts[Load.SMALL] += 1
            if number % _STEP == 0:
                await asyncio.sleep(0)
    return counts


async def _append(appender: Appender, settings: Settings, record: Record) -> None:
    topic = settings.topic(BY_NAME[record.type].topic)
    await appender.append(topic, record.value, key=record.key.encode(), headers=CONTENT_TYPE)
