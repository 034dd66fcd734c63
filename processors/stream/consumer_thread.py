"""The thread that owns aiokafka's consumer: it commits, moves positions, and knows how far the partitions are read."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers import aiokafka as driver

from processors.fetch import internals
from processors.telemetry.repeated import Repeated

log = structlog.get_logger()


class BatchConsumerThread(internals.OpenThread, driver.AIOKafkaConsumerThread):
    """Faust's consumer thread with commits and positions that follow the lanes."""

    def __init__(self, consumer: Any, fetch_max_wait_ms: int, refused: Callable[[], None], **options: Any) -> None:
        """Faust starts it.

        Arguments:
            consumer: Faust's consumer, whose thread this is.
            fetch_max_wait_ms: how long a broker may wait for records to answer a fetch with.
            refused: called for each commit that the broker does not take.
            options: Faust's.
        """
        self._fetch_max_wait_ms = fetch_max_wait_ms
        self._count_refused = refused
        self._refused = Repeated()
        super().__init__(consumer, **options)

    def prepare(self, consumer: AIOKafkaConsumer) -> None:
        """Faust hard-codes a wait of 1.5 s, and reads only what is committed where it writes in transactions itself."""
        internals.set_reading(consumer, self._fetch_max_wait_ms, "read_committed")

    async def commit_here(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commit; False if the broker did not take it, which costs duplicates after a crash and nothing else."""
        held = {tp: OffsetAndMetadata(offset, "") for tp, offset in offsets.items() if tp in self.assignment()}
        try:
            if held:
                await self.started_client().commit(held)
        except (KafkaError, IllegalStateError) as error:
            self._count_refused()
            if self._refused.due(repr(error)):
                log.warning("commit refused; it is tried again", error=repr(error))
            return False
        self._refused.over()
        return True

    async def rewind(self) -> None:
        """Move every held partition back to its committed offset, or to its start if there is none."""
        await self.call_thread(self._rewind)

    async def _rewind(self) -> None:
        consumer = self.started_client()
        for partition in consumer.assignment():
            offset = await consumer.committed(partition)
            if offset is None:
                await consumer.seek_to_beginning(partition)
            else:
                consumer.seek(partition, offset)

    async def go_to(self, offsets: Mapping[TopicPartition, int]) -> set[TopicPartition]:
        """Read on at these offsets; returns the partitions that are still held, and so do."""
        return cast(set[TopicPartition], await self.call_thread(self._go_to, offsets))

    async def _go_to(self, offsets: Mapping[TopicPartition, int]) -> set[TopicPartition]:
        consumer, moved = self.started_client(), set()
        for partition, offset in offsets.items():
            with suppress(IllegalStateError):
                consumer.seek(partition, offset)
                moved.add(partition)
        return moved

    async def keep_alive(self) -> None:
        """Tell aiokafka that this member is alive though it fetches nothing; else it leaves the group as idle."""
        await self.call_thread(self._touch)

    async def _touch(self) -> None:
        internals.touch(self.started_client())

    def refusal(self) -> KafkaError | None:
        """Why the group does not let this member in; None if it does, or has not said.

        aiokafka keeps such an error for the next fetch, and tries again once it was taken. Nothing fetches before
        partitions are assigned, so it is taken here: a right that is granted meanwhile lets the worker in.

        Raises:
            aiokafka.errors.KafkaError: the client has given up.
        """
        consumer = self.client
        error = None if consumer is None else internals.refusal(consumer)
        if error is not None:
            if internals.has_given_up(consumer):
                raise error
            self.thread_loop.call_soon_threadsafe(internals.take_refusal, consumer)
        return error

    def knows_coordinator(self) -> bool:
        """Whether a broker is known that leads the group."""
        return internals.knows_coordinator(self.started_client())

    def states(self) -> dict[TopicPartition, Any]:
        """The held partitions with what aiokafka knows of their positions; none before the start."""
        return {} if self.client is None else internals.states(self.client)
