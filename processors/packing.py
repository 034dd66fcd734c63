"""Packing: a batch's rows become bytes as ClickHouse takes them, compressed at once.

Rows wait for their block, and a block for ClickHouse, perhaps through an outage. Compressed they take about a tenth
of the memory, so a worker can gather large blocks, which cost ClickHouse less per row than small ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import zstandard

#: The fastest level: on a wire between two processes more of it costs more than it saves.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Packed:
    """The rows of one batch.

    Attributes:
        body: lines of JSONEachRow as one zstd frame. Frames may follow one another in a body (RFC 8878, section 3), so
            packed batches are put together without being unpacked.
        rows: how many.
        size: bytes before compression.
    """

    body: bytes
    rows: int
    size: int


def pack(lines: Sequence[bytes]) -> Packed:
    """Pack lines of JSONEachRow. Takes some milliseconds per MiB and lets go of the interpreter meanwhile.

    Arguments:
        lines: the rows, each line with its line feed; a piece may hold several of them.
    """
    text = b"".join(lines)
    return Packed(zstandard.ZstdCompressor(level=_LEVEL).compress(text), text.count(b"\n"), len(text))
