"""Reading topics to where they end now, outside of any group: dead letters, rebuilds and decisions to skip need this.

Records of aborted transactions are left out. What cannot be read is passed over and told. Memory holds one fetch.
"""

import time
from collections.abc import AsyncIterator, Callable, Iterable
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaTimeoutError
from aiokafka.structs import TopicPartition

from processors.fetch.fetching import pass_over
from processors.fetch.unreadable import Unreadable
from processors.kafka.client import consumer_options, existing_partitions
from processors.kafka.lag import readable_ends
from schemas.kafka_options import started
from schemas.settings import Settings

_FETCH_WAIT_MS = 100

#: Partition → its first offset, and the one behind its last.
Spans = dict[TopicPartition, tuple[int, int]]


def _ignore(_: Unreadable) -> None:
    """Tell nobody."""


class TopicReader:
    """Reads parts of topics. Used as an async context manager."""

    def __init__(
        self,
        settings: Settings,
        *,
        unreadable: Callable[[Unreadable], None] = _ignore,
        records_at_once: int = 2_000,
        patience_seconds: float | None = 30.0,
        **options: Any,
    ) -> None:
        """Nothing is connected yet.

        Arguments:
            settings: where Kafka is.
            unreadable: told of each batch that cannot be read.
            records_at_once: the most that one fetch gives.
            patience_seconds: how long a silent broker is waited for; None for as long as it takes.
            options: more of aiokafka's options for its consumer.
        """
        self._options = consumer_options(settings) | {"fetch_max_wait_ms": _FETCH_WAIT_MS} | options
        self._unreadable = unreadable
        self._most = records_at_once
        self._patience = float("inf") if patience_seconds is None else patience_seconds

    async def __aenter__(self) -> Self:
        """Connect.

        Raises:
            aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
        """
        self._consumer = await started(AIOKafkaConsumer(**self._options, auto_offset_reset="earliest"))
        pass_over(self._consumer, self._unreadable)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def spans(self, topics: Iterable[str]) -> Spans:
        """All that can be read of those topics that exist, as they are now.

        Raises:
            aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
        """
        partitions = await existing_partitions(self._consumer, topics)
        if not partitions:
            return {}
        self._consumer.assign(partitions)
        begins = await self._consumer.beginning_offsets(partitions)
        await self._consumer.seek_to_beginning(*partitions)
        ends = await readable_ends(self._consumer, partitions)
        return {partition: (begins[partition], ends[partition]) for partition in partitions}

    async def offsets_for_times(self, times: dict[TopicPartition, int]) -> dict[TopicPartition, Any]:
        """As aiokafka's consumer has it: partition → the first offset of that time (milliseconds) or later."""
        found: dict[TopicPartition, Any] = await self._consumer.offsets_for_times(times)
        return found

    async def records(self, spans: Spans) -> AsyncIterator[list[Any]]:
        """The records of these parts, as they come: each list is of one partition, in order.

        Raises:
            aiokafka.errors.KafkaTimeoutError: the broker was silent for too long.
            aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
        """
        waiting = {partition: end for partition, (begin, end) in spans.items() if begin < end}
        if waiting:
            self._consumer.assign(list(waiting))
        for partition in waiting:
            self._consumer.seek(partition, spans[partition][0])
        heard = time.monotonic()
        while waiting:
            fetched = await self._consumer.getmany(*waiting, timeout_ms=_FETCH_WAIT_MS, max_records=self._most)
            for partition, records in fetched.items():
                yield [record for record in records if record.offset < waiting[partition]]
            if fetched:
                heard = time.monotonic()
            elif time.monotonic() - heard > self._patience:
                topics = ", ".join(sorted({partition.topic for partition in waiting}))
                raise KafkaTimeoutError(f"no answer for {self._patience:.0f} s while reading {topics}")
            for partition, end in tuple(waiting.items()):
                if await self._consumer.position(partition) >= end:
                    del waiting[partition]
