"""Partitions that stand still because something in them cannot be read: told once, and gone past when somebody says so.

The rest of the partitions goes on meanwhile. `/readyz` and `/metrics` name those that stand still; `jejak status`
finds them by itself, from outside.
"""

import asyncio
from collections.abc import Callable, Mapping

import structlog
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from processors.dead_letters.skipped import Skipped
from processors.fetch.unreadable import Unreadable
from processors.kafka.faults import explain_kafka
from processors.stream.batch import Batch
from processors.telemetry.repeated import Repeated
from schemas.settings import Settings

log = structlog.get_logger()

#: How often it is looked whether a partition stands still, and whether somebody has decided to go on.
_LOOK_SECONDS = 2.0

Stopped = Mapping[TopicPartition, Unreadable]


class Stops:
    """What is told of the partitions that stand still, and how they go on."""

    def __init__(self, settings: Settings) -> None:
        self._skipped = Skipped(settings)
        self._told: dict[TopicPartition, tuple[int, str]] = {}
        self._failing = Repeated()

    def decided(self, stopped: Stopped) -> dict[TopicPartition, Batch]:
        """The partitions that may go on, each with the part that is gone past."""
        found = {}
        for partition, unreadable in stopped.items():
            behind = self._skipped.behind(unreadable)
            if behind is not None:
                found[partition] = Batch.passed(partition, unreadable.offset, behind)
                log.warning(
                    "gone past what cannot be read",
                    topic=partition.topic,
                    partition=partition.partition,
                    offset=unreadable.offset,
                    next_offset=behind,
                )
        return found

    async def run(self, stopped: Callable[[], Stopped]) -> None:
        """Look until cancelled.

        Arguments:
            stopped: the partitions that stand still now.
        """
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = stopped()
            self._tell(now)
            if any(unreadable.can_be_skipped for unreadable in now.values()):
                await self._ask(now)

    def _tell(self, stopped: Stopped) -> None:
        """One line for each, and no more of it while it stands there."""
        for partition, unreadable in stopped.items():
            what = (unreadable.offset, unreadable.cause)
            if self._told.get(partition) != what:
                self._told[partition] = what
                log.error(
                    "a partition stands still; the others go on",
                    topic=partition.topic,
                    partition=partition.partition,
                    offset=unreadable.offset,
                    cause=unreadable.cause,
                )

    async def _ask(self, stopped: Stopped) -> None:
        try:
            await self._skipped.read_on(stopped.values())
        except (KafkaError, OSError) as error:
            if self._failing.due(repr(error)):
                log.warning("it cannot be read whether to go on", error=explain_kafka(error))
