"""Lanes: which offsets may be committed.

Faust's own bookkeeping commits past batches that were never acked, and acks batches whose agent raised. Here a
batch is entered into its partition's lane when it is fetched, and the offset that may be committed is the end of
the lane's contiguous prefix of batches that are done. A batch that got lost on the way to its agent therefore holds
the lane back, which ends in duplicates after a restart, never in a loss.
"""

from collections import deque
from collections.abc import Iterable, Mapping

from aiokafka.structs import TopicPartition

from processors.stream.batch import Batch


class Lane:
    """The batches of one partition, in the order in which they were fetched."""

    def __init__(self) -> None:
        self._batches: deque[Batch] = deque()
        self._done_up_to: int | None = None
        self._committed: int | None = None

    def enter(self, batch: Batch) -> None:
        """Append a batch that was just fetched."""
        self._batches.append(batch)

    def committable(self) -> int | None:
        """The offset to commit next; None while it would not move."""
        while self._batches and self._batches[0].done:
            self._done_up_to = self._batches.popleft().next_offset
        return self._done_up_to if self._done_up_to != self._committed else None

    def committed(self, offset: int) -> None:
        """Note that the broker took a commit."""
        self._committed = offset

    def waiting(self) -> list[Batch]:
        """The batches that are not done yet, oldest first."""
        return [batch for batch in self._batches if not batch.done]


class Lanes:
    """The lanes of all partitions that this worker holds."""

    def __init__(self) -> None:
        self._lanes: dict[TopicPartition, Lane] = {}

    def enter(self, batch: Batch) -> None:
        """Enter a batch into its partition's lane."""
        self._lanes.setdefault(batch.partition, Lane()).enter(batch)

    def clear(self) -> None:
        """Forget everything: called when partitions were revoked or assigned, or the position was moved.

        Batches still on their way go on, and their rows are written; only their offsets count no more.
        """
        self._lanes.clear()

    def committable(self) -> dict[TopicPartition, int]:
        """Every partition whose committable offset has moved, with that offset."""
        offsets = {partition: lane.committable() for partition, lane in self._lanes.items()}
        return {partition: offset for partition, offset in offsets.items() if offset is not None}

    def committed(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Note what the broker took. Partitions given up meanwhile are passed over."""
        for partition, offset in offsets.items():
            if lane := self._lanes.get(partition):
                lane.committed(offset)

    def waiting(self) -> list[Batch]:
        """All batches in flight."""
        return [batch for lane in self._lanes.values() for batch in lane.waiting()]

    def begin_of(self, partition: TopicPartition) -> int | None:
        """The offset of the first record of a partition that is in flight; None if nothing is."""
        lane = self._lanes.get(partition)
        waiting = lane.waiting() if lane else []
        return waiting[0].first_offset if waiting else None

    def with_room(self, partitions: Iterable[TopicPartition], max_batches: int, max_bytes: int) -> set[TopicPartition]:
        """Admission: the partitions from which more may be fetched now.

        Arguments:
            partitions: the candidates.
            max_batches: how many batches of one partition may be in flight.
            max_bytes: how many bytes of values may be in flight in all.
        """
        waiting = {partition: lane.waiting() for partition, lane in self._lanes.items()}
        if sum(batch.size for batches in waiting.values() for batch in batches) >= max_bytes:
            return set()
        return {partition for partition in partitions if len(waiting.get(partition, ())) < max_batches}
