"""Appending records to their topics: many at a time for histories and benchmarks, or a few with the broker's answer.

An `Appender` is one producer. A command opens one; a process that serves requests opens one and shares it.

aiokafka's `send` costs a future per record; `append` gathers records into its batches, one per partition, which makes
loading history several times as fast. A partition is chosen as Kafka's own clients choose it.
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnknownTopicOrPartitionError
from aiokafka.partitioner import murmur2

from schemas.constants import CONTENT_TYPE_HEADER, MEDIA_TYPE
from schemas.kafka_options import MAX_REQUEST_BYTES, client_options, started
from schemas.settings import Settings

Headers = Sequence[tuple[str, bytes]]

CONTENT_TYPE = [(CONTENT_TYPE_HEADER, MEDIA_TYPE.encode())]

#: Bytes of a batch, and how many batches may be on their way.
_BATCH_BYTES = 512 * 1024
_BATCHES_IN_FLIGHT = 16


class Outgoing(NamedTuple):
    """A record on its way.

    Attributes:
        topic: the topic's full name.
        value: its value.
        key: its key, which decides the partition.
        headers: its headers.
        timestamp_ms: its Kafka timestamp in milliseconds since 1970; None for now.
    """

    topic: str
    value: bytes
    key: bytes
    headers: Headers = CONTENT_TYPE
    timestamp_ms: int | None = None


class Acknowledged(NamedTuple):
    """Where the broker has a record."""

    topic: str
    partition: int
    offset: int


@lru_cache(maxsize=200_000)
def _hash(key: bytes) -> int:
    return int(murmur2(key)) & 0x7FFFFFFF


def _acknowledged(answer: Any) -> Acknowledged:
    if isinstance(answer, BaseException):
        raise answer
    return Acknowledged(answer.topic, answer.partition, answer.offset)


class Appender:
    """Appends records and knows when the broker has them. Used as an async context manager, by any number of tasks."""

    def __init__(self, settings: Settings) -> None:
        self._options = client_options(settings)
        self._producer: AIOKafkaProducer | None = None
        self._partitions: dict[str, int] = {}
        self._open: dict[tuple[str, int], Any] = {}
        self._sent: set[asyncio.Future[Any]] = set()
        self._refused: BaseException | None = None

    async def __aenter__(self) -> Self:
        options = self._options | {"max_batch_size": _BATCH_BYTES, "max_request_size": MAX_REQUEST_BYTES}
        self._producer = await started(AIOKafkaProducer(**options, acks="all"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self.flush()
        finally:
            await self._started.stop()

    @property
    def _started(self) -> AIOKafkaProducer:
        assert self._producer is not None
        return self._producer

    async def send(self, records: Iterable[Outgoing]) -> list[Acknowledged]:
        """Append records, and return when the broker has all of them.

        Returns:
            Where each of them is, in their order.

        Raises:
            aiokafka.errors.KafkaError: a topic is missing, and then nothing is appended; or the broker does not take
                a record, and then it may have others. To send the same again does no harm.
        """
        waiting = [(record, await self._partition_of(record)) for record in records]
        sent = [
            await self._started.send(
                record.topic,
                record.value,
                key=record.key,
                partition=partition,
                timestamp_ms=record.timestamp_ms,
                headers=list(record.headers),
            )
            for record, partition in waiting
        ]
        # All of them are waited for, so that no error of theirs is left for the log.
        answers = await asyncio.gather(*sent, return_exceptions=True)
        return list(map(_acknowledged, answers))

    async def append(self, record: Outgoing) -> None:
        """Append one record. It is the broker's only after `flush`, or the end of the context.

        Raises:
            aiokafka.errors.KafkaError: the topic is missing, or an earlier record was refused.
        """
        place = (record.topic, await self._partition_of(record))
        while not self._add(place, record):
            await self._send_batch(place)

    def _add(self, place: tuple[str, int], record: Outgoing) -> bool:
        """Put a record into the open batch of its partition; False if that is full. An empty one takes any size."""
        batch = self._open.get(place)
        if batch is None:
            batch = self._open[place] = self._started.create_batch()
        answer = batch.append(
            key=record.key, value=record.value, timestamp=record.timestamp_ms, headers=list(record.headers)
        )
        return answer is not None

    async def look_for_topics(self) -> dict[str, int]:
        """Ask Kafka which topics there are; later records go by the answer.

        Returns:
            How many partitions each topic has.

        Raises:
            aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
        """
        # All topics in one request: if asked by name, the broker would create a missing one, with its own settings.
        cluster = await self._started.client.fetch_all_metadata()
        self._partitions = {name: len(cluster.partitions_for_topic(name)) for name in cluster.topics()}
        return self._partitions

    async def _partition_of(self, record: Outgoing) -> int:
        if record.topic not in self._partitions:
            await self.look_for_topics()
        if record.topic not in self._partitions:
            raise UnknownTopicOrPartitionError(
                f"topic {record.topic} is missing, run `jejak topics`, or hidden by ACLs"
            )
        return _hash(record.key) % self._partitions[record.topic]

    async def _send_batch(self, place: tuple[str, int]) -> None:
        batch = self._open.pop(place, None)
        if batch is None:
            # Another task was quicker.
            return
        topic, partition = place
        self._sent.add(await self._started.send_batch(batch, topic, partition=partition))
        if len(self._sent) >= _BATCHES_IN_FLIGHT:
            await self._settle(asyncio.FIRST_COMPLETED)

    async def _settle(self, when: str) -> None:
        """Wait for batches on their way. All tasks wait for all batches, and all of them learn that one was refused."""
        if self._sent:
            done, _ = await asyncio.wait(self._sent, return_when=when)
            self._sent -= done
            errors = [item.exception() for item in done]
            self._refused = self._refused or next(filter(None, errors), None)
        if self._refused is not None:
            raise self._refused

    async def flush(self) -> None:
        """Send what is gathered and wait until the broker has it.

        Raises:
            aiokafka.errors.KafkaError: the broker refused records.
        """
        for place in list(self._open):
            await self._send_batch(place)
        await self._settle(asyncio.ALL_COMPLETED)
