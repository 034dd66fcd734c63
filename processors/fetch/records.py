"""Records as the fetch gives them, and those that are told apart but cannot be given whole."""

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
    """A record that can be told apart and is no record by Kafka's format, or whose value no memory should hold.

    It has a record's attributes. Its value is None, as a tombstone's is: whoever only knows records passes it over.

    Attributes:
        topic, partition, offset, timestamp, timestamp_type, key, value, headers: as of a record.
        cause: what is wrong with it.
        raw: its bytes as they lie in the batch, its length in front left out; empty where only its value is too large.
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
