"""The fetch is ours: how aiokafka's consumers, Faust's among them, read what a broker answers with.

aiokafka parses inside `getmany`, where any exception ends the consumer, and it decompresses whatever a batch claims to
be. This module puts another fetcher in its place, for every consumer of this process: a partition whose bytes cannot
be read, or for which the broker answers with an error of its own, is held alone, and the others go on.

It is the one place that reaches into aiokafka's fetcher, as it is in VERSION; `tests/unit/test_fetching.py` looks
whether all of it is still there.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, errors
from aiokafka.consumer import consumer as consumer_module
from aiokafka.consumer import fetcher as fetcher_module
from aiokafka.consumer.fetcher import READ_COMMITTED, Fetcher, FetchError
from aiokafka.structs import TopicPartition

from processors.fetch.partition_reader import READ_BYTES, PartitionReader
from processors.fetch.records import Records
from processors.fetch.unreadable import Unreadable

log = structlog.get_logger()

#: The version that this was written against.
VERSION = "0.14"
#: What may hold a partition up for the moment: the leader moves, or has not caught up. It is asked again at once.
_PASSING = (
    errors.NotLeaderForPartitionError,
    errors.UnknownTopicOrPartitionError,
    errors.LeaderNotAvailableError,
    errors.ReplicaNotAvailableError,
)
#: How long a partition is left alone after an error of the broker.
_AGAIN_SECONDS, _REFUSED_SECONDS = 0.1, 5.0
#: Before a refusal or a silence is told: a broker that fails over answers with this and that, or with nothing.
_TOLD_AFTER_SECONDS = 10.0
#: The same, of a silence, for a person who waits: several answers.
_SILENT_SECONDS = 0.5


@dataclass
class _Held:
    """A partition that is not asked for."""

    unreadable: Unreadable
    until: float
    since: float
    assignment: Any

    def is_told(self, *, at_once: bool) -> bool:
        """Whether it has lasted for long enough to be told."""
        if self.unreadable.raw:
            return True
        least = _TOLD_AFTER_SECONDS if not at_once else _SILENT_SECONDS if self.unreadable.silent else 0.0
        return time.monotonic() - self.since >= least


class _Fetched:
    """What lies ready of one partition; takes the place of aiokafka's FetchResult."""

    def __init__(self, reader: PartitionReader, assignment: Any, backoff: float) -> None:
        self.reader = reader
        self.assignment = assignment
        self._until = time.monotonic() + backoff

    def calculate_backoff(self) -> float:
        """How long the next fetch of its node waits for it to be taken."""
        return max(0.0, self._until - time.monotonic())


class _Without:
    """An assignment without the partitions that are held."""

    def __init__(self, assignment: Any, held: Collection[TopicPartition]) -> None:
        self.tps = [partition for partition in assignment.tps if partition not in held]
        self.state_value = assignment.state_value


class BoundedFetcher(Fetcher):  # type: ignore[misc]  # aiokafka has no types
    """aiokafka's fetcher with our own reading of partitions.

    Attributes:
        passed_over: what to tell of a batch that cannot be read, for a consumer that goes on behind it; None for one
            that stops there.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._held: dict[TopicPartition, _Held] = {}
        self.passed_over: Callable[[Unreadable], None] | None = None
        self._is_filled = False
        super().__init__(*args, **options)

    def stopped(self, *, at_once: bool) -> dict[TopicPartition, Unreadable]:
        """As the function of that name says."""
        return {
            partition: held.unreadable
            for partition, held in list(self._held.items())
            if held.assignment.active and held.is_told(at_once=at_once)
        }

    def _get_actions_per_node(self, assignment: Any) -> Any:
        now = time.monotonic()
        held = {tp for tp, item in list(self._held.items()) if item.assignment is assignment and item.until > now}
        return super()._get_actions_per_node(_Without(assignment, held) if held else assignment)

    async def _proc_fetch_request(self, assignment: Any, node_id: int, request: Any) -> bool:
        """One fetch: what it brought lies ready afterwards. True where anybody who waits should look."""
        try:
            response = await self._client.send(node_id, request)
        except errors.KafkaError as error:
            # In aiokafka's own words and log: `processors.kafka.complaints` listens there.
            fetcher_module.log.error("Failed fetch messages from %s: %s", node_id, error)
            self._invalidate_preferred_read_replica_for_node(node_id, request)
            await asyncio.sleep(self._retry_backoff)
            return False
        except asyncio.CancelledError:
            return False
        if not assignment.active:
            return False
        asked = {
            TopicPartition(topic, number): offset
            for topic, partitions in request.topics
            for number, offset, _ in partitions
        }
        answers = [(TopicPartition(topic, answer[0]), answer) for topic, given in response.topics for answer in given]
        # A broker that has filled its answer gives nothing of the partitions that are left.
        self._is_filled = sum(len(answer[-1] or b"") for _, answer in answers) >= self._fetch_max_bytes // 2
        news = [
            self._answered(assignment, partition, asked, answer, response.API_VERSION) for partition, answer in answers
        ]
        return any(news)

    def _answered(
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
        self._held.pop(partition, None)
        committed_only = self._isolation_level == READ_COMMITTED
        reader = PartitionReader(
            partition.topic, partition.partition, data, offset, highwater, aborted if committed_only else None
        )
        self._records[partition] = _Fetched(reader, assignment, self._prefetch_backoff)
        return True

    def _nothing_given(self, assignment: Any, partition: TopicPartition, offset: int) -> None:
        """The broker answers, and gives nothing. Where the partition goes on, it is told once that has lasted."""
        state = assignment.state_value(partition)
        # An open transaction is no silence: what can be read ends there.
        if offset >= _readable(state.highwater, state.lso):
            self._held.pop(partition, None)
            return
        if self._is_filled:
            return
        silent = Unreadable(
            *(partition.topic, partition.partition, offset, offset + 1),
            cause="the broker gives nothing there, though the partition goes on",
            silent=True,
        )
        # It is asked on: as soon as the broker gives something, the partition goes on.
        self._hold(assignment, silent, 0.0)
        if self.passed_over is not None and self._held[partition].is_told(at_once=False):
            self.passed_over(silent)
            state.consumed_to(silent.behind)

    def _refused(self, assignment: Any, partition: TopicPartition, offset: int, kind: type[errors.KafkaError]) -> bool:
        """The broker gives an error for one partition. Returns whether it is for whoever reads."""
        self._preferred_read_replica.pop(partition, None)
        if kind is errors.OffsetOutOfRangeError:
            log.warning("offset is not there any more", topic=partition.topic, partition=partition[1], offset=offset)
            if self._default_reset_strategy:
                assignment.state_value(partition).await_reset(self._default_reset_strategy)
                return False
            self._set_error(partition, kind({partition: offset}))
            return True
        if kind is errors.TopicAuthorizationFailedError:
            self._set_error(partition, kind(partition.topic))
            return True
        if kind in _PASSING:
            self._client.force_metadata_update()
        self._hold(
            assignment,
            Unreadable(partition.topic, partition.partition, offset, offset + 1, f"the broker answers {kind.__name__}"),
            _AGAIN_SECONDS if kind in _PASSING else _REFUSED_SECONDS,
        )
        return False

    def _hold(self, assignment: Any, unreadable: Unreadable, seconds: float) -> None:
        partition = TopicPartition(unreadable.topic, unreadable.partition)
        now, before = time.monotonic(), self._held.get(partition)
        since = before.since if before and before.assignment is assignment else now
        self._held[partition] = _Held(unreadable, now + seconds, since, assignment)

    async def fetched_records(  # the parameters are aiokafka's
        self,
        partitions: Collection[TopicPartition],
        timeout: float = 0,  # noqa: ASYNC109
        max_records: int | None = None,
    ) -> dict[TopicPartition, Records]:
        """What lies ready of these partitions (of all, where none is named), or comes within the time.

        One that has moved without a record for us is among them, with none.
        """
        deadline = time.monotonic() + timeout
        while True:
            if self._subscriptions.reassignment_in_progress:
                await self._subscriptions.wait_for_assignment()
            drained = await self._drained(partitions, max_records)
            left = deadline - time.monotonic()
            if drained or left <= 0:
                return drained
            waiter = self._create_fetch_waiter()
            done, _ = await asyncio.wait([waiter], timeout=left)
            if not done or self._closed:
                waiter.cancel()
                return {}
            waiter.result()  # errors of the group come this way

    async def _drained(self, partitions: Collection[TopicPartition], most: int | None) -> dict[TopicPartition, Records]:
        drained: dict[TopicPartition, Records] = {}
        size = 0
        for partition, ready in list(self._records.items()):
            if partitions and partition not in partitions:
                if not self._subscriptions.is_assigned(partition):
                    self._records.pop(partition, None)
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
        """Read on in a partition; None where nothing has moved."""
        reader, state = ready.reader, ready.assignment.state_value(partition)
        if not ready.assignment.active or state.paused or state.position != reader.next_offset:
            self._records.pop(partition, None)
            return None
        begun, limit = reader.next_offset, most if most is not None else 2**31
        records = reader.read(limit, with_care=False)
        if reader.careful and not records:
            # Seconds, perhaps; heartbeats go on meanwhile.
            records = await asyncio.to_thread(reader.read, limit)
            if self._records.get(partition) is not ready or state.position != begun:
                return None
        if reader.fault is not None:
            self._fault(ready, reader.fault)
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
            self._hold(ready.assignment, fault, float("inf"))

    def _forget(self, partition: TopicPartition) -> None:
        """Be done with what lies ready; the next fetch may come."""
        self._records.pop(partition, None)
        self._notify(self._wait_consume_future)

    async def next_record(self, partitions: Iterable[TopicPartition]) -> Any:
        """Records one by one; nobody here reads so."""
        raise NotImplementedError("records are read by getmany")

    def request_offset_reset(self, tps: Iterable[TopicPartition], strategy: int) -> Any:
        """Called by `seek_to_beginning` and its like."""
        for partition in tps:
            self._held.pop(partition, None)
        return super().request_offset_reset(tps, strategy)

    def seek_to(self, tp: TopicPartition, offset: int) -> None:
        """Called by `seek`."""
        self._held.pop(tp, None)
        super().seek_to(tp, offset)


consumer_module.Fetcher = BoundedFetcher


def stopped(consumer: AIOKafkaConsumer, *, at_once: bool = False) -> dict[TopicPartition, Unreadable]:
    """The partitions in which a consumer cannot read on, with the reason.

    Arguments:
        consumer: it.
        at_once: whether an error of the broker's is told before it has lasted for some seconds.
    """
    fetcher = consumer._fetcher
    return fetcher.stopped(at_once=at_once) if isinstance(fetcher, BoundedFetcher) else {}


def pass_over(consumer: AIOKafkaConsumer, told: Callable[[Unreadable], None]) -> None:
    """Let a consumer that has started go on behind what cannot be read.

    Arguments:
        consumer: it.
        told: called with each such batch.
    """
    consumer._fetcher.passed_over = told


def readable_end(consumer: Any, partition: TopicPartition) -> int | None:
    """The offset behind what can be read now, by the last fetch: the end, or where an open transaction begins."""
    end: int | None = consumer.highwater(partition)
    return None if end is None else _readable(end, consumer.last_stable_offset(partition))


def _readable(end: int, stable: int | None) -> int:
    """Up to where records are given: up to the high watermark, or to where an open transaction begins."""
    return end if stable is None or stable < 0 else min(end, stable)
