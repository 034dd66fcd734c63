"""ClickHouse's own compression: blocks that carry a checksum, a method and both sizes.

Clients ask for it by `compress=1` (answers) and `decompress=1` (bodies); the JDBC driver, and with it DBeaver,
does so by default and reads nothing else. A block is 16 bytes of checksum over all that follows, one byte that
names the method, the size of the block without the checksum and the size of the data, four bytes each.
"""

from __future__ import annotations

import lz4.block
import zstandard

from deploy.local.clickhouse_http.cityhash import cityhash128
from deploy.local.clickhouse_http.errors import ClickHouseError

_NONE, _LZ4, _ZSTD = 0x02, 0x82, 0x90
_CHECKSUM = 16
_HEADER = 9
_MAX_BLOCK = 1 << 30
# As much as the real server puts into one block.
_BLOCK = 1 << 20


class NativeEncoder:
    """Compresses an answer into LZ4 blocks."""

    def encode(self, data: bytes) -> bytes:
        """The blocks for `data`."""
        return b"".join(self._block(data[at : at + _BLOCK]) for at in range(0, len(data), _BLOCK))

    def finish(self) -> bytes:
        """Nothing is held back."""
        return b""

    @staticmethod
    def _block(data: bytes) -> bytes:
        packed: bytes = lz4.block.compress(data, store_size=False)
        sizes = (len(packed) + _HEADER).to_bytes(4, "little") + len(data).to_bytes(4, "little")
        block = bytes([_LZ4]) + sizes + packed
        return cityhash128(block) + block


class NativeDecoder:
    """Undoes it in a body, block by block, and checks the checksums."""

    def __init__(self) -> None:
        self._pending = b""

    def decode(self, data: bytes) -> bytes:
        """The data of the blocks that `data` completes. Raises `ClickHouseError` for what is no such block."""
        pending = self._pending + data
        pieces: list[bytes] = []
        at = 0
        while (end := self._end_of_block(pending, at)) is not None:
            pieces.append(self._unpack(pending[at:end]))
            at = end
        self._pending = pending[at:]
        return b"".join(pieces)

    def finish(self) -> None:
        """Raises `ClickHouseError` when the last block is not complete."""
        if self._pending:
            raise ClickHouseError(271, "Cannot decompress: the last block ends in the middle")

    @staticmethod
    def _end_of_block(data: bytes, at: int) -> int | None:
        if len(data) < at + _CHECKSUM + _HEADER:
            return None
        size = int.from_bytes(data[at + 17 : at + 21], "little")
        if not _HEADER <= size <= _MAX_BLOCK:
            raise ClickHouseError(271, f"Cannot decompress: a block of {size} bytes is not a ClickHouse block")
        end = at + _CHECKSUM + size
        return end if len(data) >= end else None

    @staticmethod
    def _unpack(block: bytes) -> bytes:
        checksum, body = block[:_CHECKSUM], block[_CHECKSUM:]
        if cityhash128(body) != checksum:
            raise ClickHouseError(40, "Checksum doesn't match: corrupted data in a compressed block")
        method, size, packed = body[0], int.from_bytes(body[5:9], "little"), body[_HEADER:]
        if size > _MAX_BLOCK:
            raise ClickHouseError(271, f"Cannot decompress: a block for {size} bytes is too large")
        try:
            if method == _LZ4:
                data: bytes = lz4.block.decompress(packed, uncompressed_size=size)
            elif method == _ZSTD:
                data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=size)
            elif method == _NONE:
                data = packed
            else:
                raise ClickHouseError(89, f"Unknown compression method in a block: {method:#04x}")
        except (lz4.block.LZ4BlockError, zstandard.ZstdError) as error:
            raise ClickHouseError(271, f"Cannot decompress a block: {error}") from None
        if len(data) != size:
            raise ClickHouseError(271, f"Cannot decompress: a block holds {len(data)} bytes, not {size}")
        return data
