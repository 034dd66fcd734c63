"""Jejak's own fetch: how aiokafka's consumers, Faust's included, read a broker's answer.

aiokafka parses inside `getmany`, where any exception ends the consumer, and it decompresses whatever a batch claims to
be. This module puts another fetcher in its place, for every consumer of this process: a partition whose bytes cannot
be read, or for which the broker answers with an error, is paused alone, and the others continue.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, errors
from aiokafka.consumer.fetcher import FetchError
from aiokafka.structs import TopicPartition

from processors.fetch import internals
from processors.fetch.doubts import Doubts
from processors.fetch.held import Held
from processors.fetch.partition_reader import READ_BYTES, PartitionReader
from processors.fetch.records import Records
from processors.fetch.unreadable import Unreadable

log = structlog.get_logger()

#: Temporary errors of a partition: the leader moves, or has not caught up. The fetch is repeated at once.
_PASSING = (
    errors.NotLeaderForPartitionError,
    errors.UnknownTopicOrPartitionError,
    errors.LeaderNotAvailableError,
    errors.ReplicaNotAvailableError,
)
#: How long a partition is left alone after an error of the broker.
_AGAIN_SECONDS, _REFUSED_SECONDS = 0.1, 5.0


class _Fetched:
    """What is ready of one partition; replaces aiokafka's FetchResult."""

    def __init__(self, reader: PartitionReader, assignment: Any, backoff: float) -> None:
        self.reader = reader
        self.assignment = assignment
        self._until = time.monotonic() + backoff

    def calculate_backoff(self) -> float:
        """How long the next fetch of its node waits for it to be taken."""
        return max(0.0, self._until - time.monotonic())


class BoundedFetcher(internals.OpenFetcher):
    """aiokafka's fetcher with our own reading of partitions.

    Attributes:
        passed_over: called with a batch that cannot be read, for a consumer that continues after it; None for one
            that stops there.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self.held = Held()
        self._doubts = Doubts()
        self.passed_over: Callable[[Unreadable], None] | None = None
        self._is_filled = False
        super().__init__(*args, **options)

    def askable(self, assignment: Any) -> Any:
        """All but the partitions that are held."""
        return self.held.askable(assignment)

    def answered(self, assignment: Any, request: Any, response: Any) -> bool:
        """What a fetch brought lies ready afterwards."""
        asked = {
            TopicPartition(topic, number): offset
            for topic, partitions in request.topics
            for number, offset, _ in partitions
        }
        answers = [(TopicPartition(topic, answer[0]), answer) for topic, given in response.topics for answer in given]
        # A broker that has filled its answer gives nothing of the partitions that are left.
        self._is_filled = sum(len(answer[-1] or b"") for _, answer in answers) >= self.answer_bytes // 2
        news = [self._take(assignment, partition, asked, answer, response.API_VERSION) for partition, answer in answers]
        return any(news)

    def _take(
        self, assignment: Any, partition: TopicPartition, asked: dict[TopicPartition, int], answer: Any, version: int
    ) -> bool:
        _, code, highwater, *rest = answer
        offset, state = asked.get(partition), assignment.state_value(partition)
        if offset is None or state is None or not state.has_valid_position or state.position != offset:
            return False
        if code:
            return self._refused(assignment, partition, offset, errors.for_code(code))
        # What stands between them differs from version to version.
        aborted = (rest[2] if version >= 11 else rest[-2]) if version >= 4 else None
        state.highwater, state.lso = highwater, rest[0] if version >= 4 else None
        state.timestamp = int(1000 * time.time())
        data = rest[-1]
        if not data:
            self._nothing_given(assignment, partition, offset)
            return False
        self.held.release(partition)
        reader = PartitionReader(
            partition.topic, partition.partition, data, offset, highwater, aborted if self.committed_only else None
        )
        self.ready[partition] = _Fetched(reader, assignment, self.backoff_seconds)
        return True

    def _nothing_given(self, assignment: Any, partition: TopicPartition, offset: int) -> None:
        """The broker answers, and gives nothing. Where the partition goes on, it is told once that has lasted."""
        state = assignment.state_value(partition)
        # An open transaction is no silence: what can be read ends there.
        if offset >= _readable(state.highwater, state.lso):
            self.held.release(partition)
            return
        if self._is_filled:
            return
        silent = Unreadable(
            *(partition.topic, partition.partition, offset, offset + 1),
            cause="the broker returns nothing there, though the partition goes on",
            silent=True,
        )
        # It is asked on: as soon as the broker gives something, the partition goes on.
        self.held.hold(assignment, silent, 0.0)
        if self.passed_over is not None and self.held.has_lasted(partition):
            self.passed_over(silent)
            state.consumed_to(silent.behind)

    def _refused(self, assignment: Any, partition: TopicPartition, offset: int, kind: type[errors.KafkaError]) -> bool:
        """The broker returned an error for one partition. Returns whether the reader has to get it."""
        self.ask_leader(partition)
        if kind is errors.OffsetOutOfRangeError:
            log.warning("the offset no longer exists", topic=partition.topic, partition=partition[1], offset=offset)
            if self.reset_strategy:
                assignment.state_value(partition).await_reset(self.reset_strategy)
                return False
            self.give_error(partition, kind({partition: offset}))
            return True
        if kind is errors.TopicAuthorizationFailedError:
            self.give_error(partition, kind(partition.topic))
            return True
        if kind in _PASSING:
            self.refresh_metadata()
        self.held.hold(
            assignment,
            Unreadable(partition.topic, partition.partition, offset, offset + 1, f"the broker answers {kind.__name__}"),
            _AGAIN_SECONDS if kind in _PASSING else _REFUSED_SECONDS,
        )
        return False

    async def fetched_records(  # the parameters are aiokafka's
        self,
        partitions: Collection[TopicPartition],
        timeout: float = 0,  # noqa: ASYNC109
        max_records: int | None = None,
    ) -> dict[TopicPartition, Records]:
        """What is ready of these partitions (of all, if none is named), or arrives within the time.

        One that has moved without a record for us is among them, with none.
        """
        deadline = time.monotonic() + timeout
        while True:
            await self.settled()
            drained = await self._drained(partitions, max_records)
            left = deadline - time.monotonic()
            if drained or left <= 0:
                return drained
            waiter = self.waiter()
            done, _ = await asyncio.wait([waiter], timeout=left)
            if not done or self.closed:
                waiter.cancel()
                return {}
            waiter.result()  # errors of the group come this way

    async def _drained(self, partitions: Collection[TopicPartition], most: int | None) -> dict[TopicPartition, Records]:
        drained: dict[TopicPartition, Records] = {}
        size = 0
        for partition, ready in list(self.ready.items()):
            if partitions and partition not in partitions:
                if not self.is_assigned(partition):
                    self.ready.pop(partition, None)
            elif isinstance(ready, FetchError):
                if drained:
                    break
                self._forget(partition)
                ready.check_raise()
            elif (records := await self._read(partition, ready, most)) is not None:
                drained[partition] = records
                size += records.size
                if size >= READ_BYTES:
                    break
                if most is not None and (most := most - len(records)) <= 0:
                    break
        return drained

    async def _read(self, partition: TopicPartition, ready: _Fetched, most: int | None) -> Records | None:
        """Read on in a partition; None if nothing has moved."""
        reader, state = ready.reader, ready.assignment.state_value(partition)
        if not ready.assignment.active or state.paused or state.position != reader.next_offset:
            self.ready.pop(partition, None)
            return None
        begun, limit = reader.next_offset, most if most is not None else 2**31
        records = reader.read(limit, with_care=False)
        if reader.careful and not records:
            # This may take seconds; heartbeats continue meanwhile.
            records = await asyncio.to_thread(reader.read, limit)
            if self.ready.get(partition) is not ready or state.position != begun:
                return None
        if reader.fault is not None and self._doubts.confirms(reader.fault):
            self._fault(ready, reader.fault)
        elif reader.fault is None and reader.next_offset != begun:
            self._doubts.settle(partition)
        state.consumed_to(reader.next_offset)
        records.next_offset = reader.next_offset
        if reader.ended:
            self._forget(partition)
        return records if records or reader.next_offset != begun else None

    def _fault(self, ready: _Fetched, fault: Unreadable) -> None:
        if self.passed_over is not None:
            self.passed_over(fault)
            ready.reader.pass_over()
        else:
            self.held.hold(ready.assignment, fault, float("inf"))

    def _forget(self, partition: TopicPartition) -> None:
        """Finish with what is ready; the next fetch may start."""
        self.ready.pop(partition, None)
        self.wake()

    async def next_record(self, partitions: Iterable[TopicPartition]) -> Any:
        """Records one by one; nothing here reads this way."""
        raise NotImplementedError("records are read by getmany")

    def request_offset_reset(self, tps: Iterable[TopicPartition], strategy: int) -> Any:
        """Called by `seek_to_beginning` and its like."""
        for partition in tps:
            self._let_go(partition)
        return super().request_offset_reset(tps, strategy)

    def seek_to(self, tp: TopicPartition, offset: int) -> None:
        """Called by `seek`."""
        self._let_go(tp)
        super().seek_to(tp, offset)

    def _let_go(self, partition: TopicPartition) -> None:
        self.held.release(partition)
        self._doubts.settle(partition)


internals.use_fetcher(BoundedFetcher)


def stopped(consumer: AIOKafkaConsumer, *, at_once: bool = False) -> dict[TopicPartition, Unreadable]:
    """The partitions in which a consumer cannot read on, with the reason.

    Arguments:
        consumer: it.
        at_once: whether a broker's error or silence is reported before it has lasted for some seconds.
    """
    fetcher = internals.fetcher_of(consumer)
    return fetcher.held.stopped(at_once=at_once) if isinstance(fetcher, BoundedFetcher) else {}


def pass_over(consumer: AIOKafkaConsumer, told: Callable[[Unreadable], None]) -> None:
    """Let a consumer that has started go on behind what cannot be read.

    Arguments:
        consumer: it.
        told: called with each such batch.
    """
    internals.fetcher_of(consumer).passed_over = told


def readable_end(consumer: Any, partition: TopicPartition) -> int | None:
    """The offset behind what can be read now, by the last fetch: the end, or where an open transaction begins."""
    end: int | None = consumer.highwater(partition)
    return None if end is None else _readable(end, consumer.last_stable_offset(partition))


def _readable(end: int, stable: int | None) -> int:
    """Up to where records are given: up to the high watermark, or to where an open transaction begins."""
    return end if stable is None or stable < 0 else min(end, stable)
