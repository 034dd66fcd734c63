"""A batch: what one fetch brought from one partition, the unit in which everything behind the broker works.

Handing records on one by one costs Faust about 250 µs each; as one batch a partition's fetch costs that once.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.structs import TopicPartition

from processors.fetch.records import Records


@dataclass(slots=True, eq=False)
class Batch:
    """Consecutive records of one partition.

    Attributes:
        partition: where they came from.
        records: the records (key, value, headers, offset, timestamp); given up once decoded.
        recorded_ms: the Kafka timestamp of the first of them.
        first_offset: the offset of the first of them.
        next_offset: the offset to commit once all of them are stored; control records and the like are behind it.
        size: bytes that it holds: of the values, and once they are decoded of the packed rows.
        fetched_at: monotonic seconds; the watchdog measures a stuck batch by it.
        taken: whether an agent has begun with it; one that was never taken is fetched again after a rebalance.
        done: whether ClickHouse has its rows and the broker its dead letters.
    """

    partition: TopicPartition
    records: Sequence[Any]
    first_offset: int
    next_offset: int
    size: int
    recorded_ms: int = -1
    fetched_at: float = field(default_factory=time.monotonic)
    taken: bool = False
    done: bool = False

    @classmethod
    def of(cls, partition: TopicPartition, records: Records) -> "Batch":
        """Wrap what a fetch returned. Without a record there is nothing to do, and its offset may be committed."""
        if not records:
            return cls(partition, records, records.first_offset, records.next_offset, 0, done=True)
        size = sum(len(record.value) if record.value is not None else 0 for record in records)
        return cls(partition, records, records[0].offset, records.next_offset, size, records[0].timestamp)

    @classmethod
    def passed(cls, partition: TopicPartition, first_offset: int, next_offset: int) -> "Batch":
        """A part of the log that is skipped without reading it."""
        return cls(partition, (), first_offset, next_offset, 0, done=True)

    def shrink(self, size: int) -> None:
        """Drop the records once their rows are packed: they are not needed again, and rows may wait long.

        Arguments:
            size: bytes of the packed rows.
        """
        self.records = ()
        self.size = size
