"""A batch: what one fetch brought from one partition, the unit in which everything behind the broker works.

Handing records on one by one costs Faust about 250 µs each; as one batch a partition's fetch costs that once.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka.structs import TopicPartition


@dataclass(slots=True, eq=False)
class Batch:
    """Consecutive records of one partition.

    Attributes:
        partition: where they came from.
        records: the records as aiokafka gives them (key, value, headers, offset, timestamp); given up once decoded.
        recorded_ms: the Kafka timestamp of the first of them.
        first_offset: the offset of the first of them.
        next_offset: the offset to commit once all of them are stored.
        size: bytes of their values.
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
    def of(cls, partition: TopicPartition, records: Sequence[Any]) -> "Batch":
        """Wrap what a fetch returned; `records` must not be empty."""
        size = sum(len(record.value) if record.value is not None else 0 for record in records)
        return cls(partition, records, records[0].offset, records[-1].offset + 1, size, records[0].timestamp)
