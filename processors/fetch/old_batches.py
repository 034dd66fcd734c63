"""Batches in Kafka's two old formats (magic 0 and 1), which an old broker or an old topic may still have.

An uncompressed one is a single record. A compressed one holds a whole set of them in its value.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from processors.fetch.compression import whole
from processors.fetch.records import Record
from processors.fetch.unreadable import UnreadableError

#: A set is decompressed as a whole, because its last offset must be known first.
_MOST_BYTES = 64 * 2**20
_ENTRY = struct.Struct(">qiIbb")
_CRC_FROM = 16
_TIMESTAMP = struct.Struct(">q")
_LENGTH = struct.Struct(">i")
_CODEC, _LOG_APPEND_TIME = 0x07, 0x08
_LZ4 = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    """A message of a set."""

    offset: int
    magic: int
    attributes: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    end: int


def old_records(topic: str, partition: int, data: memoryview, *, check_crc: bool = True) -> Iterator[Record]:
    """The records of one old batch.

    Arguments:
        topic, partition: where they come from.
        data: the batch, offset and length included.
        check_crc: whether its checksum is to be compared.

    Raises:
        UnreadableError: they cannot be separated.
    """
    try:
        outer = _entry(data, 0, check_crc=check_crc)
        entries = _inner(outer) if outer.attributes & _CODEC else [outer]
    except struct.error as error:
        raise UnreadableError("it ends in the middle of a field") from error
    by_broker = outer.attributes & _LOG_APPEND_TIME
    for entry in entries:
        timestamp = outer.timestamp if by_broker else entry.timestamp
        yield Record(topic, partition, entry.offset, timestamp, int(bool(by_broker)), entry.key, entry.value, ())


def _inner(outer: _Entry) -> list[_Entry]:
    """The messages in a compressed one, with their offsets in the partition."""
    codec = outer.attributes & _CODEC
    if outer.value is None or (codec == _LZ4 and outer.magic == 0) or codec > _LZ4:
        raise UnreadableError(f"codec {codec} is not one of its format")
    data = whole(codec, memoryview(outer.value), _MOST_BYTES)
    if data is None:
        raise UnreadableError(f"it decompresses to more than {_MOST_BYTES} bytes")
    view, at, entries = memoryview(data), 0, []
    while at < len(view):
        entry = _entry(view, at, check_crc=False)
        if entry.attributes & _CODEC:
            raise UnreadableError("it is compressed twice")
        entries.append(entry)
        at = entry.end
    # In magic 1 they are counted from the first, and the outer one has the last one's own.
    base = outer.offset - entries[-1].offset if outer.magic and entries else 0
    return [_at(entry, entry.offset + base) for entry in entries]


def _at(entry: _Entry, offset: int) -> _Entry:
    return _Entry(offset, entry.magic, entry.attributes, entry.timestamp, entry.key, entry.value, entry.end)


def _entry(data: memoryview, begin: int, *, check_crc: bool) -> _Entry:
    offset, length, crc, magic, attributes = _ENTRY.unpack_from(data, begin)
    end = begin + 12 + length
    if length < _ENTRY.size - 12 or end > len(data) or magic not in (0, 1):
        raise UnreadableError(f"a message of {length} bytes, magic {magic}, where {len(data) - begin} bytes are left")
    if check_crc and zlib.crc32(data[begin + _CRC_FROM : end]) != crc:
        raise UnreadableError("its checksum is wrong")
    at, timestamp = begin + _ENTRY.size, -1
    if magic:
        (timestamp,) = _TIMESTAMP.unpack_from(data, at)
        at += _TIMESTAMP.size
    key, at = _bytes(data, at, end)
    value, at = _bytes(data, at, end)
    return _Entry(offset, magic, attributes, timestamp, key, value, end)


def _bytes(data: memoryview, at: int, end: int) -> tuple[bytes | None, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    at += _LENGTH.size
    if length < 0:
        return None, at
    if at + length > end:
        raise UnreadableError(f"{length} bytes are announced where {end - at} are left")
    return bytes(data[at : at + length]), at + length
