"""The header of a batch in Kafka's present format (magic 2), and the checks that need nothing else."""

import struct
from typing import NamedTuple

#: Of every format, old ones too: offset and length in front, the magic at one place.
LENGTH_AT, MAGIC_AT, OVERHEAD_BYTES = 8, 16, 12
_FORMAT = struct.Struct(">qiibIhiqqqhii")
HEADER_BYTES = _FORMAT.size
#: What the checksum is of begins here.
CRC_FROM = 21
MAGIC = 2

_CODEC, _LOG_APPEND_TIME, _TRANSACTIONAL, _CONTROL = 0x07, 0x08, 0x10, 0x20


class BatchHeader(NamedTuple):
    """As it is in the bytes. Nothing in it is trusted before it was checked."""

    base_offset: int
    length: int
    leader_epoch: int
    magic: int
    crc: int
    attributes: int
    last_offset_delta: int
    first_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    record_count: int

    @property
    def codec(self) -> int:
        """How its records are compressed."""
        return self.attributes & _CODEC

    @property
    def timestamp_type(self) -> int:
        """1 where the broker's time counts, and the records' own do not."""
        return int(bool(self.attributes & _LOG_APPEND_TIME))

    @property
    def transactional(self) -> bool:
        """Whether it counts only if its transaction was committed."""
        return bool(self.attributes & _TRANSACTIONAL)

    @property
    def control(self) -> bool:
        """Whether it holds the broker's own marks instead of records."""
        return bool(self.attributes & _CONTROL)

    @property
    def dense(self) -> bool:
        """Whether every offset of it has a record, so that a record's place says its offset."""
        return self.record_count == self.last_offset_delta + 1

    @property
    def last_offset(self) -> int:
        """The offset of its last record."""
        return self.base_offset + self.last_offset_delta


def read_header(data: memoryview) -> BatchHeader:
    """The header; `data` is long enough."""
    return BatchHeader(*_FORMAT.unpack_from(data))


def packed(header: BatchHeader) -> bytes:
    """The header as it is in front of a batch's records."""
    return _FORMAT.pack(*header)


def uncompressed(header: BatchHeader) -> bytes:
    """The header of the same batch with its records as they are; length and checksum are of no meaning then."""
    return packed(header._replace(attributes=header.attributes & ~_CODEC))
