"""A batch's records read one by one, trusting nothing: slower than the fast way, and safe with any bytes.

A record starts with its length. So one that breaks Kafka's format can still be separated from the next one, and
becomes a dead letter with its bytes. Only where the lengths themselves are wrong does reading end.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from processors.fetch.batch_header import BatchHeader
from processors.fetch.byte_stream import Stream, signed, varint
from processors.fetch.records import Broken, Headers, Record
from processors.fetch.unreadable import UnreadableError
from schemas.constants import MAX_VALUE_BYTES

#: A record up to this size is held in memory whole: more than the dead letter topic takes.
HELD_BYTES = 20 * 2**20
#: Of a larger record so much is looked at for its key and what stands before the value.
_HEAD_BYTES = 2 * 2**20
#: A record with more headers is refused: each header takes many times its bytes in memory.
_MOST_HEADERS = 100_000
#: Attributes, two numbers, three lengths.
_SMALLEST_BYTES = 6
_NO_RECORD = (UnreadableError, IndexError)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where records come from: their partition, and their batch."""

    topic: str
    partition: int
    batch: BatchHeader


def careful_records(origin: Origin, stream: Stream) -> Iterator[Record | Broken]:
    """Record after record.

    Raises:
        UnreadableError: from here on the records cannot be separated.
    """
    batch, read = origin.batch, 0
    expected = batch.base_offset
    while expected <= batch.last_offset and not stream.ended:
        length = stream.varint()
        if length < _SMALLEST_BYTES:
            raise UnreadableError(f"record {read} of its batch claims a length of {length} bytes")
        if length > HELD_BYTES:
            record = _large(origin, stream, length, expected)
        else:
            record = _parsed(origin, stream.take(length), expected)
        read += 1
        expected = record.offset + 1
        yield record
    if expected <= batch.last_offset and read < batch.record_count:
        raise UnreadableError(f"its batch ends after {read} of {batch.record_count} records")
    if not stream.ended:
        yield _behind(origin, stream)


def _behind(origin: Origin, stream: Stream) -> Broken:
    """What follows the last record that has an offset."""
    raw, digest, size = b"", hashlib.sha256(), 0
    for piece in stream.rest():
        digest.update(piece)
        size += len(piece)
        raw = raw + piece if size <= HELD_BYTES else b""
    lost = (digest.hexdigest(), size) if size > HELD_BYTES else (None, 0)
    return _broken(origin, origin.batch.last_offset, f"{size} bytes behind the batch's last record", raw, *lost)


def _parsed(origin: Origin, body: bytes, expected: int) -> Record | Broken:
    offset = expected
    try:
        timestamp, offset, at = _place(origin.batch, body, expected)
        key, at = _bytes(body, at)
        value, at = _bytes(body, at)
        headers, at = read_headers(body, at)
        if at != len(body):
            return _broken(origin, offset, f"{len(body) - at} bytes behind its last header", body)
    except _NO_RECORD as error:
        return _broken(origin, offset, _why(error), body)
    return Record(origin.topic, origin.partition, offset, timestamp, origin.batch.timestamp_type, key, value, headers)


def _large(origin: Origin, stream: Stream, length: int, expected: int) -> Record | Broken:
    """A record that is not held whole: its value, if that is what is large, is hashed on the way."""
    head, offset, cause = stream.take(_HEAD_BYTES), expected, ""
    try:
        timestamp, offset, at = _place(origin.batch, head, expected)
        key, at = _bytes(head, at)
        size, at = varint(head, at)
    except _NO_RECORD as error:
        cause = _why(error)
    if not cause and not 0 <= size <= length - at:
        cause = f"a value of {size} bytes where {length - at} are left"
    if cause:
        digest = _hashed(head, stream, length - len(head))
        return _broken(origin, offset, cause, b"", digest, length)
    where = (origin.topic, origin.partition, offset, timestamp, origin.batch.timestamp_type)
    ahead = head[at : at + size]
    behind = head[at + size :]
    if size <= HELD_BYTES:
        # What is large are headers: they mean nothing to Jejak.
        value = ahead + stream.take(size - len(ahead))
        for _ in stream.skim(length - at - size - len(behind)):
            pass
        return Record(*where, key, value, ())
    digest = _hashed(ahead, stream, size - len(ahead))
    headers = _headers_of(behind, stream, length - at - size)
    cause = f"value: {size} bytes, at most {MAX_VALUE_BYTES} are taken"
    return Broken(*where, cause, key, None, headers, b"", digest, size, True)


def _hashed(begin: bytes, stream: Stream, count: int) -> str:
    digest = hashlib.sha256(begin)
    for piece in stream.skim(count):
        digest.update(piece)
    return digest.hexdigest()


def _headers_of(begin: bytes, stream: Stream, size: int) -> Headers:
    """The headers after a large value; none if they are malformed or large themselves."""
    if size > HELD_BYTES:
        for _ in stream.skim(size - len(begin)):
            pass
        return ()
    data = begin + stream.take(size - len(begin))
    try:
        return read_headers(data, 0)[0]
    except _NO_RECORD:
        return ()


def _place(batch: BatchHeader, body: bytes, expected: int) -> tuple[int, int, int]:
    """A record's timestamp and offset, and where its key's length begins."""
    delta_ms, at = varint(body, 1)
    delta, at = varint(body, at)
    # A broker takes records that number themselves wrongly. Where none is missing, their places number them.
    offset = expected if batch.dense else batch.base_offset + delta
    if not expected <= offset <= batch.last_offset:
        raise UnreadableError(f"its offset is {offset}, not one of {expected} to {batch.last_offset}")
    timestamp = batch.max_timestamp if batch.timestamp_type else signed(batch.first_timestamp + delta_ms)
    return timestamp, offset, at


def _bytes(body: bytes, at: int) -> tuple[bytes | None, int]:
    length, at = varint(body, at)
    if length < 0:
        return None, at
    if length > len(body) - at:
        raise UnreadableError(f"{length} bytes are announced where {len(body) - at} are left")
    return body[at : at + length], at + length


def read_headers(body: bytes, at: int) -> tuple[Headers, int]:
    """The headers that begin at a place, and the place behind them.

    Raises:
        UnreadableError, IndexError: they are malformed.
    """
    count, at = varint(body, at)
    if not 0 <= count <= _MOST_HEADERS:
        raise UnreadableError(f"it claims to have {count} headers")
    found = []
    for _ in range(count):
        name, at = _bytes(body, at)
        if name is None:
            raise UnreadableError("a header without a name")
        value, at = _bytes(body, at)
        found.append((name.decode("utf-8", "surrogateescape"), value))
    return tuple(found), at


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, UnreadableError) else "it ends in the middle of a field"


def _broken(
    origin: Origin, offset: int, cause: str, raw: bytes, lost_sha256: str | None = None, lost_bytes: int = 0
) -> Broken:
    batch = origin.batch
    return Broken(
        *(origin.topic, origin.partition, offset, batch.max_timestamp, batch.timestamp_type, cause),
        raw=raw,
        lost_sha256=lost_sha256,
        lost_bytes=lost_bytes,
    )
