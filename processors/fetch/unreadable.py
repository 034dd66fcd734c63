"""What cannot be read in a partition: where it starts, why, and where reading can continue."""

import zlib
from dataclasses import dataclass

#: A batch's header; enough of its bytes to distinguish it from every other.
_PRINT_BYTES = 61


class UnreadableError(Exception):
    """Bytes of a partition that are not what Kafka's format says."""


@dataclass(frozen=True)
class Unreadable:
    """The end of what can be read in a partition, for the time being.

    Attributes:
        topic, partition: where.
        offset: of the first record that cannot be read.
        behind: the offset at which reading can continue, as far as known.
        cause: why, in a few words.
        raw: the bytes of the batch, or all there are where its end is not known; empty if the broker returns none.
        silent: whether the broker returns neither records nor an error there, though the partition goes on.
    """

    topic: str
    partition: int
    offset: int
    behind: int
    cause: str
    raw: bytes = b""
    silent: bool = False

    @property
    def can_be_skipped(self) -> bool:
        """Whether a person may let workers go past it. Where the broker gives an error, it has to be asked again."""
        return bool(self.raw) or self.silent

    @property
    def fingerprint(self) -> str:
        """What distinguishes this batch from another one at the same offset, for example in a recreated topic.

        Without bytes, the offset has to do.
        """
        if self.silent:
            return f"nothing@{self.offset}"
        return f"{zlib.crc32(self.raw[:_PRINT_BYTES]):08x}"

    @property
    def place(self) -> str:
        """Where, as people write it."""
        return f"{self.topic}[{self.partition}]@{self.offset}"

    @property
    def advice(self) -> str:
        """What a person reads of the partition that stands still here, and what to do where something can be done."""
        where = f"{self.topic}[{self.partition}] stands still at offset {self.offset}: {self.cause}"
        if not self.can_be_skipped:
            return where
        return f"{where}; `jejak dead-letters skip {self.topic} {self.partition} {self.offset}` skips it"

    def __str__(self) -> str:
        return f"{self.place} cannot be read: {self.cause}"
