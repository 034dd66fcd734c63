"""Packing: a batch's rows become bytes in ClickHouse's input format, compressed at once.

Rows wait for their block, and a block for ClickHouse, possibly through an outage. Compressed they take about a tenth
of the memory, so a worker can gather large blocks, which cost ClickHouse less per row than small ones.
"""

from dataclasses import dataclass

import zstandard

#: The fastest level: on a wire between two processes more of it costs more than it saves.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Packed:
    """The rows of one batch.

    Attributes:
        body: lines of rows as one zstd frame. Frames may follow one another in a body (RFC 8878, section 3), so
            packed batches are put together without being unpacked.
        rows: how many.
        size: bytes before compression.
    """

    body: bytes
    rows: int
    size: int


class Packer:
    """Packs one batch piece by piece, so that at most one piece of it is unpacked in memory."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
        self._body = bytearray()
        self._rows = 0
        self._size = 0

    def add(self, lines: bytes, rows: int) -> None:
        """Pack some rows: a millisecond or two per MiB, in which the interpreter's lock is free.

        Arguments:
            lines: rows, each with its line feed.
            rows: how many.
        """
        self._body += self._compressor.compress(lines)
        self._rows += rows
        self._size += len(lines)

    def finish(self) -> Packed:
        """What was added, as one frame. Nothing can be added any more."""
        self._body += self._compressor.flush()
        return Packed(bytes(self._body), self._rows, self._size)
