"""The tail: reads the topics of pipelines and statuses as they grow, so that every process sees everybody's changes.

It has no group and commits nothing: it begins at the end, because what is before that is in the views or on its way
there. While Kafka is away it waits; what came meanwhile is then read from where it stopped.
"""

import asyncio
from collections.abc import Callable

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from pages.overlay.changes import Change, Changes
from processors.fetch.fetching import pass_over
from processors.kafka.client import consumer_options, existing_partitions
from processors.kafka.faults import explain_kafka
from schemas.constants import PIPELINES, STATUSES
from schemas.kafka_options import started
from schemas.rejection import RejectedError
from schemas.settings import Settings
from schemas.validation import validate

log = structlog.get_logger()

_AGAIN_SECONDS = 2.0
_FETCH_MS = 1_000
#: How often new partitions are looked for, in fetches.
_LOOK_AGAIN = 60


class Tail:
    """Follows the topics until it is cancelled.

    Attributes:
        problem: why it does not read now; None while it does.
    """

    def __init__(self, settings: Settings, changes: Changes, told: Callable[[str, Change], None]) -> None:
        """Nothing is connected yet.

        Arguments:
            settings: where Kafka is.
            changes: where what is found goes.
            told: called with the workspace and each change that is new.
        """
        self._settings = settings
        self._changes = changes
        self._told = told
        self._positions: dict[object, int] = {}
        self.problem: str | None = "not connected to Kafka yet"

    async def run(self) -> None:
        """Read until cancelled, and connect again whenever that is needed."""
        while True:
            try:
                await self._read()
            except (KafkaError, OSError) as error:
                told = explain_kafka(error)
                if told != self.problem:
                    log.warning("cannot follow the topics of the pipeline", error=told)
                self.problem = told
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _read(self) -> None:
        consumer = await started(AIOKafkaConsumer(**consumer_options(self._settings), auto_offset_reset="latest"))
        try:
            pass_over(consumer, lambda _: None)
            while True:
                await self._assign(consumer)
                for _ in range(_LOOK_AGAIN):
                    await self._fetch(consumer)
        finally:
            await consumer.stop()

    async def _assign(self, consumer: AIOKafkaConsumer) -> None:
        topics = (self._settings.topic(PIPELINES), self._settings.topic(STATUSES))
        partitions = await existing_partitions(consumer, topics)
        if set(partitions) == set(consumer.assignment()):
            return
        consumer.assign(partitions)
        for partition in partitions:
            if partition in self._positions:
                consumer.seek(partition, self._positions[partition])
            else:
                await consumer.seek_to_end(partition)
        for partition in partitions:
            self._positions[partition] = await consumer.position(partition)

    async def _fetch(self, consumer: AIOKafkaConsumer) -> None:
        if not consumer.assignment():
            self.problem = "the topics of the pipeline are missing; run `jejak topics`"
            await asyncio.sleep(_AGAIN_SECONDS)
            return
        fetched = await consumer.getmany(timeout_ms=_FETCH_MS)
        self.problem = None
        for partition, records in fetched.items():
            for record in records:
                self._take(record.value)
            self._positions[partition] = await consumer.position(partition)

    def _take(self, value: bytes | None) -> None:
        """Take what is an event; the worker rejects the rest."""
        try:
            event = validate(value or b"")
        except RejectedError:
            return
        change = Change.of(event)
        if self._changes.add(event.workspace_id, change):
            self._told(event.workspace_id, change)
