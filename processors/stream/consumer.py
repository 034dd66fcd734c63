"""The batched consumer: a partition's fetch reaches its agent as one message, and offsets are ours.

It replaces three things in Faust's consumer and leaves the rest alone: `getmany` (records become batches, with
admission in place of pausing), `commit` (offsets come from the lanes) and the rebalance callbacks (an epoch separates
records that were fetched under an older assignment from those of the present one).
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, cast

import structlog
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import ConsumerMessage

from processors.fetch import internals
from processors.fetch.fetching import stopped
from processors.fetch.records import Records
from processors.fetch.unreadable import Unreadable
from processors.stream.batch import Batch
from processors.stream.consumer_thread import BatchConsumerThread
from processors.stream.host import Host
from processors.stream.lane import Lanes

log = structlog.get_logger()

#: How long `getmany` sleeps when every partition is at its limit, in seconds; also its longest fetch.
_POLL_SECONDS = 0.05
_FETCH_SECONDS = 1.0


class BatchConsumer(internals.OpenConsumer, driver.Consumer):
    """Faust's consumer, batch by batch."""

    def __init__(self, transport: Any, *args: Any, **kwargs: Any) -> None:
        self._host: Host = transport.app
        self.tuning = self._host.tuning
        self.lanes = Lanes()
        self._epoch = 0
        self._holding = False
        #: Why the group does not let this worker in; None if it does, or has not said.
        self.refusal: KafkaError | None = None
        self._committing = asyncio.Lock()
        super().__init__(transport, *args, **kwargs)
        self.read_at_any_offset()

    def new_thread(self) -> BatchConsumerThread:
        """The thread that owns aiokafka's consumer."""
        return BatchConsumerThread(
            self,
            self.tuning.fetch_max_wait_ms,
            self._host.metrics.commit_failures.inc,
            loop=self.loop,
            beacon=self.beacon,
        )

    @property
    def own_thread(self) -> BatchConsumerThread:
        """The same, once it is made."""
        return cast(BatchConsumerThread, super().own_thread)

    @property
    def joined(self) -> bool:
        """Whether this worker is a member of the group with its assignment settled."""
        return self._holding

    def notice_refusal(self) -> None:
        """Learn why the group does not let this worker in. Called once a second.

        Raises:
            aiokafka.errors.KafkaError: the client has given up.
        """
        if not self._holding:
            self.refusal = self.own_thread.refusal() or self.refusal

    @property
    def in_touch(self) -> bool:
        """Whether the broker answered lately: it knows the group's coordinator, and fetches come back.

        A member whose broker is gone stays joined in its own eyes. Where records wait on every partition nothing is
        fetched, so then silence proves nothing.
        """
        if not self.own_thread.knows_coordinator():
            return False
        answered = [state.timestamp for state in self.own_thread.states().values() if state.timestamp]
        silence = time.time() - max(answered) / 1000 if answered else 0.0
        return silence < self.app.conf.broker_session_timeout or not self._admitted()

    @property
    def unread(self) -> int:
        """Records of the held partitions that were not fetched yet, as far as fetches have shown.

        None of those that stand still: nothing needs to wait for them.

        0 while no partitions are held: blocks are still written during a rebalance and a stop.
        """
        if not self._holding:
            return 0
        stopped = self.stopped
        return sum(
            max(0, state.highwater - state.position)
            for partition, state in self.own_thread.states().items()
            if partition not in stopped and state.highwater is not None and state.has_valid_position
        )

    def lag(self, partition: TopicPartition) -> int | None:
        """Records of a held partition that are not stored yet, fetched or not; None before the first fetch."""
        state = self.own_thread.states().get(partition)
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
            await self.own_thread.keep_alive()
            await self.sleep(_POLL_SECONDS)
            return
        epoch = self._epoch
        fetched = await self.own_thread.getmany(partitions, _FETCH_SECONDS)
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
        consumer = self.own_thread.client
        return stopped(consumer) if self._holding and consumer is not None else {}

    async def _go_past(self) -> None:
        """Read on behind what cannot be read, where somebody has decided so since."""
        behind = self._host.stops.decided(self.stopped)
        if not behind:
            return
        epoch = self._epoch
        moved = await self.own_thread.go_to({partition: batch.next_offset for partition, batch in behind.items()})
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
        await self.own_thread.rewind()

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
        self._host.metrics.rebalances.inc()
        log.info("partitions assigned", count=len(assigned), generation=generation_id)

    async def verify_all_partitions_active(self) -> None:
        """Called by Faust's livelock detector. Our watchdog replaces it.

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
        self._host.group_commit.hurry()
        while time.monotonic() < deadline:
            # While ClickHouse takes nothing there is nothing to wait for: what is not committed comes again.
            if self._host.store.last_error or not any(batch.taken for batch in self.lanes.waiting()):
                break
            await asyncio.sleep(0.01)
        await self.commit()

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Commit what the lanes allow. Called by Faust's timer and before partitions are given up."""
        async with self._committing:
            offsets = self.lanes.committable()
            if not offsets or not await self.own_thread.commit(offsets):
                return False
            self.lanes.committed(offsets)
            return True
