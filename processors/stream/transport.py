"""The batched transport: a partition's fetch reaches its agent as one message, and offsets are ours.

It replaces three things in Faust's aiokafka driver and leaves the rest alone: `getmany` (records become batches,
with admission in place of pausing), `commit` (offsets come from the lanes) and the rebalance callbacks (an epoch
tells records that were fetched under an older assignment from those of the present one).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import faust
import structlog
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import ConsumerMessage

from processors.fetch.fetching import stopped
from processors.fetch.records import Records
from processors.fetch.unreadable import Unreadable
from processors.stream.batch import Batch
from processors.stream.lane import Lanes
from processors.stream.stops import Stops
from processors.telemetry.repeated import Repeated
from processors.tuning import Tuning

if TYPE_CHECKING:
    from processors.worker.app import JejakApp

log = structlog.get_logger()

#: How long `getmany` sleeps when every partition is at its limit, in seconds; also its longest fetch.
_POLL_SECONDS = 0.05
_FETCH_SECONDS = 1.0


class _ReadOffsets(dict[Any, int | None]):
    """Faust drops messages below the last offset it read; after a rewind those are just the ones to be read."""

    def __getitem__(self, key: Any) -> None:
        return None


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """The thread that owns the aiokafka consumer."""

    consumer: "BatchConsumer"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._refused = Repeated()
        super().__init__(*args, **kwargs)

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Faust hard-codes 1500; aiokafka's fetcher is created from this value when the consumer starts.
        consumer._fetch_max_wait_ms = self.consumer.tuning.fetch_max_wait_ms
        # Faust means to read so only where it writes in transactions itself.
        consumer._isolation_level = "read_committed"
        return consumer

    async def _commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commit; False where the broker did not take it, which costs duplicates after a crash and nothing else."""
        held = {tp: OffsetAndMetadata(offset, "") for tp, offset in offsets.items() if tp in self.assignment()}
        try:
            if held:
                await self._ensure_consumer().commit(held)
        except (KafkaError, IllegalStateError) as error:
            self.consumer.app.metrics.commit_failures.inc()
            if self._refused.due(repr(error)):
                log.warning("commit refused; it is tried again", error=repr(error))
            return False
        self._refused.over()
        return True

    async def rewind(self) -> None:
        """Put every held partition back to its committed offset, or its start where there is none."""
        await self.call_thread(self._rewind)

    async def _rewind(self) -> None:
        consumer = self._ensure_consumer()
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
        consumer, moved = self._ensure_consumer(), set()
        for partition, offset in offsets.items():
            with suppress(IllegalStateError):
                consumer.seek(partition, offset)
                moved.add(partition)
        return moved

    async def keep_alive(self) -> None:
        """Tell aiokafka that this member is alive though it fetches nothing; else it leaves the group as idle."""
        await self.call_thread(self._touch)

    async def _touch(self) -> None:
        self._ensure_consumer()._subscription._last_fetch_ended = time.monotonic()


class BatchConsumer(driver.Consumer):
    """Faust's consumer, batch by batch."""

    app: "JejakApp"
    _thread: BatchConsumerThread

    def __init__(self, transport: Any, *args: Any, **kwargs: Any) -> None:
        self.tuning: Tuning = transport.app.tuning
        self.lanes = Lanes()
        self._epoch = 0
        self._holding = False
        #: Why the group does not let this worker in; None where it does, or has not said.
        self.refusal: KafkaError | None = None
        self._committing = asyncio.Lock()
        self.stops: Stops = transport.app.stops
        super().__init__(transport, *args, **kwargs)
        self._read_offset = _ReadOffsets()

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    @property
    def joined(self) -> bool:
        """Whether this worker is a member of the group with its assignment settled."""
        return self._holding

    def notice_refusal(self) -> None:
        """Learn why the group does not let this worker in. Asked once a second.

        aiokafka keeps such an error for whoever fetches next, and tries again once it was taken. Nobody fetches before
        partitions are assigned, so it is taken here: a right that is granted meanwhile lets the worker in.

        Raises:
            aiokafka.errors.KafkaError: the client has given up.
        """
        consumer = self._thread._consumer
        if self._holding or consumer is None:
            return
        error = consumer._coordinator._pending_exception
        if error is None:
            return
        if consumer._coordinator._coordination_task.done():
            raise error
        self.refusal = error
        self._thread.thread_loop.call_soon_threadsafe(_take, consumer._coordinator)

    @property
    def in_touch(self) -> bool:
        """Whether the broker answered lately: it knows the group's coordinator, and fetches come back.

        A member whose broker is gone stays joined in its own eyes. Where records wait on every partition nothing is
        fetched, so then silence proves nothing.
        """
        consumer = self._thread._ensure_consumer()
        if consumer._coordinator.coordinator_id is None:
            return False
        states = [consumer._subscription.subscription.assignment.state_value(tp) for tp in self.assignment()]
        answered = [state.timestamp for state in states if state is not None and state.timestamp]
        silence = time.time() - max(answered) / 1000 if answered else 0.0
        return silence < self.app.conf.broker_session_timeout or not self._admitted()

    @property
    def unread(self) -> int:
        """Records of the held partitions that were not fetched yet, as far as fetches have told.

        Of those that stand still none: nobody need wait for them.

        0 while no partitions are held: blocks are still written during a rebalance and a stop.
        """
        consumer = self._thread._consumer
        subscription = consumer._subscription.subscription if self._holding and consumer is not None else None
        assignment = subscription.assignment if subscription is not None else None
        stopped = self.stopped
        held = [tp for tp in assignment.tps if tp not in stopped] if assignment is not None else []
        states = [assignment.state_value(partition) for partition in held] if assignment is not None else []
        return sum(
            max(0, state.highwater - state.position)
            for state in states
            if state is not None and state.highwater is not None and state.has_valid_position
        )

    def lag(self, partition: TopicPartition) -> int | None:
        """Records of a held partition that are not stored yet, fetched or not; None before the first fetch."""
        state = self._thread._ensure_consumer()._subscription.subscription.assignment.state_value(partition)
        if state is None or state.highwater is None or not state.has_valid_position:
            return None
        in_flight = self.lanes.begin_of(partition)
        return max(0, int(state.highwater - (state.position if in_flight is None else in_flight)))

    async def getmany(  # the parameter is Faust's
        self,
        timeout: float,  # noqa: ASYNC109
    ) -> AsyncIterator[tuple[TopicPartition, ConsumerMessage]]:
        """Fetch once and yield one message per partition. Called in a loop by Faust's fetcher."""
        if not self.flow_active:
            await self.can_resume_flow.wait()
        await self._go_past()
        partitions = self._admitted()
        if self.should_stop or not partitions:
            await self._thread.keep_alive()
            await self.sleep(_POLL_SECONDS)
            return
        epoch = self._epoch
        fetched = await self._thread.getmany(partitions, _FETCH_SECONDS)
        if not fetched or self.should_stop:
            return
        if epoch != self._epoch or not self._holding:
            await self._rewind()
            return
        batches = [Batch.of(TopicPartition(*tp), cast(Records, records)) for tp, records in fetched.items()]
        for batch in batches:
            self.lanes.enter(batch)
        for batch in batches:
            if epoch != self._epoch:
                return
            if batch.records:
                yield batch.partition, self._message(batch)

    @property
    def stopped(self) -> dict[TopicPartition, Unreadable]:
        """The held partitions in which something cannot be read, and what."""
        consumer = self._thread._consumer
        return stopped(consumer) if self._holding and consumer is not None else {}

    async def _go_past(self) -> None:
        """Read on behind what cannot be read, where somebody has decided so since."""
        behind = self.stops.decided(self.stopped)
        if not behind:
            return
        epoch = self._epoch
        moved = await self._thread.go_to({partition: batch.next_offset for partition, batch in behind.items()})
        for partition in moved if epoch == self._epoch else ():
            self.lanes.enter(behind[partition])

    def _admitted(self) -> set[TopicPartition]:
        if not self._holding:
            return set()
        stopped = self.stopped
        return self.lanes.with_room(
            (TopicPartition(*partition) for partition in self.assignment() if partition not in stopped),
            self.tuning.batches_per_partition,
            self.tuning.bytes_in_flight,
        )

    def _message(self, batch: Batch) -> ConsumerMessage:
        first = batch.records[0]
        return ConsumerMessage(
            batch.partition.topic,
            batch.partition.partition,
            first.offset,
            first.timestamp / 1000.0,
            first.timestamp_type,
            first.headers,
            None,
            cast(Any, batch),  # Faust says bytes; BatchSchema hands it on as it is
            None,
            0,
            batch.size,
            batch.partition,
            generation_id=self.app.consumer_generation_id,
        )

    async def _rewind(self) -> None:
        """Records of a doubtful assignment: fetch them again from what is committed."""
        self._epoch += 1
        self.lanes.clear()
        await self._thread.rewind()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Called before a rebalance. What agents have taken is written and committed, the rest comes again."""
        self._holding = False
        self._epoch += 1
        await super().on_partitions_revoked(revoked)
        self.lanes.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition], generation_id: int = 0) -> None:
        """Called after a rebalance; aiokafka has put every position back to what is committed."""
        self._epoch += 1
        self.lanes.clear()
        await super().on_partitions_assigned(assigned, generation_id)
        self._holding = True
        self.refusal = None
        self.app.metrics.rebalances.inc()
        log.info("partitions assigned", count=len(assigned), generation=generation_id)

    async def verify_all_partitions_active(self) -> None:
        """Called by Faust's livelock detector. Our watchdog stands in its place.

        Faust's asks for the position of each partition, and ends the process over one that has none yet: as it is
        for a moment behind a rebalance.
        """

    async def wait_empty(self) -> None:
        """Called before partitions are given up: wait for what agents have taken, then commit it.

        Batches that no agent has taken are left out: Faust has cleared the queues they were in.
        """
        tuning = self.tuning
        patience = tuning.drain_seconds if self.app.should_stop else tuning.rebalance_drain_seconds
        deadline = time.monotonic() + patience
        self.app.group_commit.hurry()
        while time.monotonic() < deadline:
            # While ClickHouse takes nothing there is nothing to wait for: what is not committed comes again.
            if self.app.store.last_error or not any(batch.taken for batch in self.lanes.waiting()):
                break
            await asyncio.sleep(0.01)
        await self.commit()

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Commit what the lanes allow. Called by Faust's timer and before partitions are given up."""
        async with self._committing:
            offsets = self.lanes.committable()
            if not offsets or not await self._thread.commit(offsets):
                return False
            self.lanes.committed(offsets)
            return True


def _take(coordinator: Any) -> None:
    """Take the error that the client keeps, which is known by now."""
    with suppress(KafkaError):
        coordinator.check_errors()


class BatchTransport(driver.Transport):
    """The transport that makes such consumers."""

    Consumer = BatchConsumer


class BatchSchema(faust.Schema[None, Batch]):
    """A message's value is a batch already: nothing is to be decoded."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> None:
        """There is no key to a batch."""

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:
        """The batch, as the consumer made it."""
        return message.value
