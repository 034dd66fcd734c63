"""Appending events to their topics, many at a time.

aiokafka's `send` costs a future per record; records are gathered into its batches here, one per partition, which
makes loading history and benchmarks several times as fast. A partition is chosen as Kafka's own clients choose it.
"""

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnknownTopicOrPartitionError
from aiokafka.partitioner import murmur2

from processors.kafka.client import client_options
from schemas.settings import Settings

CONTENT_TYPE = [("content-type", b"application/cloudevents+json")]

#: Bytes of a batch, and how many batches may be on their way.
_BATCH_BYTES = 512 * 1024
_BATCHES_IN_FLIGHT = 16
#: Above the topics' 2 MiB: what is too large is the broker's to say.
_MAX_REQUEST_BYTES = 32 * 2**20


@lru_cache(maxsize=200_000)
def _hash(key: bytes) -> int:
    return int(murmur2(key)) & 0x7FFFFFFF


class Appender:
    """Appends records and knows when the broker has them all. Used as an async context manager."""

    def __init__(self, settings: Settings) -> None:
        self._options = client_options(settings)
        self._producer: AIOKafkaProducer | None = None
        self._partitions: dict[str, int] = {}
        self._open: dict[tuple[str, int], Any] = {}
        self._sent: set[asyncio.Future[Any]] = set()

    async def __aenter__(self) -> Self:
        self._producer = AIOKafkaProducer(
            **self._options, acks="all", max_batch_size=_BATCH_BYTES, max_request_size=_MAX_REQUEST_BYTES
        )
        try:
            await self._producer.start()
        except BaseException:
            await self._producer.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._producer is not None
        try:
            if error is None:
                await self.flush()
        finally:
            await self._producer.stop()

    async def append(
        self,
        topic: str,
        value: bytes,
        *,
        key: bytes,
        headers: Sequence[tuple[str, bytes]] = (),
        timestamp_ms: int | None = None,
    ) -> None:
        """Append one record. It is the broker's only after `flush`, or the end of the context.

        Arguments:
            topic: the topic's full name.
            value: the record's value.
            key: its key, which decides the partition.
            headers: its headers.
            timestamp_ms: its Kafka timestamp; None for now.

        Raises:
            aiokafka.errors.KafkaError: the topic is missing, or an earlier record was refused.
        """
        place = (topic, _hash(key) % await self._partition_count(topic))
        batch = self._open.get(place)
        if batch is not None and self._add(batch, value, key, headers, timestamp_ms):
            return
        if batch is not None:
            await self._send(place)
        assert self._producer is not None
        self._open[place] = batch = self._producer.create_batch()
        # A batch takes its first record whatever its size.
        self._add(batch, value, key, headers, timestamp_ms)

    def _add(
        self, batch: Any, value: bytes, key: bytes, headers: Sequence[tuple[str, bytes]], timestamp_ms: int | None
    ) -> bool:
        return batch.append(key=key, value=value, timestamp=timestamp_ms, headers=list(headers)) is not None

    async def _partition_count(self, topic: str) -> int:
        if topic not in self._partitions:
            assert self._producer is not None
            # All topics at once: asked for by name, a missing one would be created by the broker, in its own way.
            cluster = await self._producer.client.fetch_all_metadata()
            self._partitions = {name: len(cluster.partitions_for_topic(name)) for name in cluster.topics()}
        if topic not in self._partitions:
            raise UnknownTopicOrPartitionError(f"topic {topic} is missing, run `jejak topics`, or hidden by ACLs")
        return self._partitions[topic]

    async def _send(self, place: tuple[str, int]) -> None:
        assert self._producer is not None
        topic, partition = place
        future = await self._producer.send_batch(self._open.pop(place), topic, partition=partition)
        self._sent.add(future)
        if len(self._sent) >= _BATCHES_IN_FLIGHT:
            done, self._sent = await asyncio.wait(self._sent, return_when=asyncio.FIRST_COMPLETED)
            for item in done:
                item.result()

    async def flush(self) -> None:
        """Send what is gathered and wait until the broker has it.

        Raises:
            aiokafka.errors.KafkaError: the broker refused records.
        """
        for place in list(self._open):
            await self._send(place)
        waiting, self._sent = self._sent, set()
        await asyncio.gather(*waiting)
