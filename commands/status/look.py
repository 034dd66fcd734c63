"""One look for `jejak status`: Kafka and ClickHouse are queried in parallel, and neither delays the other's answer."""

import asyncio
import time
from dataclasses import replace

from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import ClickHouseError

from commands.status.report import MOST_UNFOLLOWED, Report
from processors.dead_letters.repairs import Repairs
from processors.dead_letters.summary import Waiting
from processors.kafka.complaints import Complaints
from processors.kafka.faults import explain_kafka
from processors.stream.state import KafkaState, kafka_state
from projections.clickhouse import connect
from projections.faults import explain_clickhouse
from projections.state import ClickHouseState, clickhouse_state
from projections.unfollowed import left_unfollowed
from schemas.settings import Settings

#: How long each of the two may take; a person waits.
_PATIENCE_SECONDS = 2.0
#: Looking at every merge takes longer: some seconds where there are a million.
_MERGES_SECONDS = 20.0


async def look(settings: Settings) -> Report:
    """Query both in parallel.

    Arguments:
        settings: where they are.
    """
    at = time.time()
    (kafka, kafka_error), (clickhouse, clickhouse_error), merges = await asyncio.gather(
        _kafka(settings), _clickhouse(settings), asyncio.to_thread(_unfollowed, settings)
    )
    if kafka and clickhouse:
        kafka = replace(kafka, dead_letters=await _without_repaired(settings, kafka.dead_letters))
    return Report(at, kafka, kafka_error, clickhouse, clickhouse_error, merges)


async def _without_repaired(settings: Settings, waiting: Waiting) -> Waiting:
    """Ask ClickHouse, which has just answered, for the letters that were repaired by hand."""
    repairs = Repairs(settings, _PATIENCE_SECONDS)
    stored = await repairs.stored(waiting.asked)
    repairs.close()
    return waiting if stored is None else waiting.without(stored)


async def _kafka(settings: Settings) -> tuple[KafkaState | None, str | None]:
    heard = Complaints()
    try:
        return await kafka_state(settings, _PATIENCE_SECONDS), None
    except TimeoutError:
        told = f"no answer within {_PATIENCE_SECONDS:.0f} s"
        return None, f"Kafka cannot be reached at {settings.kafka_bootstrap_servers}: {told}"
    except (KafkaError, OSError) as error:
        return None, explain_kafka(error, heard.last)
    finally:
        heard.close()


def _unfollowed(settings: Settings) -> int | None:
    """None if ClickHouse does not answer or lacks tables, which the other queries report."""
    try:
        with connect(settings, connect_timeout=_PATIENCE_SECONDS, send_receive_timeout=_MERGES_SECONDS) as client:
            return left_unfollowed(client, MOST_UNFOLLOWED)
    except ClickHouseError:
        return None


async def _clickhouse(settings: Settings) -> tuple[ClickHouseState | None, str | None]:
    try:
        return await asyncio.to_thread(clickhouse_state, settings, _PATIENCE_SECONDS), None
    except ClickHouseError as error:
        return None, explain_clickhouse(error)
