"""Doubts: a fault that one answer of the broker shows is believed once a second answer shows it again.

One answer alone may be wrong. A broker notes where a partition ends *before* it reads the records, so while a producer
appends, a good batch may lie behind the end that its answer names. A bit may also have been lost on the way.
"""

from aiokafka.structs import TopicPartition

from processors.fetch.unreadable import Unreadable


class Doubts:
    """The faults of one consumer that only one answer has shown."""

    def __init__(self) -> None:
        """Nothing is in doubt."""
        self._offsets: dict[TopicPartition, int] = {}

    def confirms(self, fault: Unreadable) -> bool:
        """Whether an answer before has shown a fault at the same offset. Where not, this one is kept in mind."""
        partition = TopicPartition(fault.topic, fault.partition)
        if self._offsets.get(partition) == fault.offset:
            del self._offsets[partition]
            return True
        self._offsets[partition] = fault.offset
        return False

    def settle(self, partition: TopicPartition) -> None:
        """Forget what was in doubt: called when a partition has been read on, or a reader is sent elsewhere in it."""
        self._offsets.pop(partition, None)
