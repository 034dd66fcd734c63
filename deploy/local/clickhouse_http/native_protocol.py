"""Format Native as a client wants it that names a protocol version in its request (clickhouse-go, and so Grafana).

The engine writes Native as of version 0, whatever a client asks. Later versions put a block info in front of each
block, and a byte behind each column's type that says how the column is written. Both are put in here.
"""

from __future__ import annotations

from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.native_types import column_type
from deploy.local.clickhouse_http.varint import read_varint

_BLOCK_INFO, _SERIALIZATION = 51903, 54454
# is_overflows = 0, bucket_num = -1, no more fields.
_INFO = bytes([1, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0])
_DEFAULT_SERIALIZATION = b"\x00"


def wants_more(version: int) -> bool:
    """Whether blocks of this version differ from those of version 0."""
    return version >= _BLOCK_INFO


def block(data: bytes, version: int) -> bytes:
    """One block of version 0 as a block of `version`. Raises `ClickHouseError`."""
    return blocks(data, version) if version >= _SERIALIZATION else _INFO + data


def blocks(data: bytes, version: int) -> bytes:
    """The same for any number of blocks, one behind the other. Raises `ClickHouseError`."""
    pieces: list[bytes] = []
    at = 0
    while at < len(data):
        start = at
        try:
            at, columns = _columns(data, start)
        except IndexError:
            raise ClickHouseError(1002, "Cannot read a block of format Native") from None
        pieces.append(_INFO)
        pieces += columns if version >= _SERIALIZATION else [data[start:at]]
    return b"".join(pieces)


def _columns(data: bytes, at: int) -> tuple[int, list[bytes]]:
    """Where the block at `at` ends, and its pieces with the byte behind each type."""
    start = at
    count, at = read_varint(data, at)
    rows, at = read_varint(data, at)
    pieces = [data[start:at]]
    for _ in range(count):
        start = at
        size, at = read_varint(data, at)
        size, at = read_varint(data, at + size)
        kind = column_type(data[at : at + size].decode())
        at += size
        pieces += [data[start:at], _DEFAULT_SERIALIZATION]
        start = at
        if rows:
            at = kind.step(data, at + kind.states, rows)
        if at > len(data):
            raise IndexError
        pieces.append(data[start:at])
    return at, pieces
