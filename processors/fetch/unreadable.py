"""What cannot be read in a partition: where it begins, why, and where reading can go on behind it."""

import zlib
from dataclasses import dataclass

#: A batch's header; enough of its bytes to tell it from every other.
_PRINT_BYTES = 61


class UnreadableError(Exception):
    """Bytes of a partition that are not what Kafka's format says."""


@dataclass(frozen=True)
class Unreadable:
    """The end of what can be read in a partition, for the time being.

    Attributes:
        topic, partition: where.
        offset: of the first record that cannot be read.
        behind: the offset at which reading can go on, as far as can be told.
        cause: why, in a few words.
        raw: the bytes of the batch, or all there are where its end is not known; empty where the broker gives none.
        silent: whether the broker gives nothing there and no error either, though the partition goes on.
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
        """What tells this batch from another one at the same offset, in a topic that was made anew, say.

        Where there are no bytes, the offset has to do.
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
        return f"{where}; `jejak dead-letters skip {self.topic} {self.partition} {self.offset}` goes past"

    def __str__(self) -> str:
        return f"{self.place} cannot be read: {self.cause}"
