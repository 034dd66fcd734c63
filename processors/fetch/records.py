"""Records as the fetch returns them, and those that can be separated but not returned whole."""

from collections.abc import Sequence
from typing import NamedTuple

#: As Kafka has them. A name that is not UTF-8 is decoded with `surrogateescape`: its bytes can be written again.
Headers = tuple[tuple[str, bytes | None], ...]


class Record(NamedTuple):
    """A record of a partition."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Broken(NamedTuple):
    """A record that can be separated but breaks Kafka's format, or whose value is too large for memory.

    It has a record's attributes. Its value is None, like a tombstone's, so code that knows only records skips it.

    Attributes:
        topic, partition, offset, timestamp, timestamp_type, key, value, headers: as of a record.
        cause: what is wrong with it.
        raw: its bytes as they are in the batch, without the length in front; empty if only its value is too large.
        lost_sha256, lost_bytes: hash and size of a value (or of raw bytes) too large to be kept; else None and 0.
        too_large: whether nothing is wrong with it but the size of its value.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    cause: str
    key: bytes | None = None
    value: None = None
    headers: Headers = ()
    raw: bytes = b""
    lost_sha256: str | None = None
    lost_bytes: int = 0
    too_large: bool = False


class Records(list[Record | Broken]):
    """Consecutive records of one partition, with the offset at which the fetch goes on.

    There may be none: control records and aborted transactions move the offset alone.

    Attributes:
        first_offset: the offset at which this was read.
        next_offset: the one behind it, records that are not for us included.
        size: bytes that they hold in memory, about.
    """

    def __init__(self, records: Sequence[Record | Broken], first_offset: int, next_offset: int, size: int = 0) -> None:
        super().__init__(records)
        self.first_offset = first_offset
        self.next_offset = next_offset
        self.size = size
