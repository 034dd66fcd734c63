"""ClickHouse's variable-length numbers: seven bits a byte, the lowest first."""

from __future__ import annotations


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at `at`, and where it ends. Raises `IndexError` where the data ends before it does."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
