"""From batch to batch by their lengths alone, which all of Kafka's formats have at one place."""

import struct

from processors.batch_header import HEADER_BYTES, LENGTH_AT, MAGIC, MAGIC_AT, OVERHEAD_BYTES, BatchHeader
from processors.unreadable import UnreadableError

_OFFSET = struct.Struct(">q")
_LENGTH = struct.Struct(">i")
#: Of a message in the oldest format.
_SMALLEST_BYTES = 14


class BatchWalk:
    """Walks over the bytes of one partition's fetch.

    Attributes:
        all: the bytes from the batch at hand on.
    """

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = self._next = 0

    @property
    def size(self) -> int:
        """How many bytes there are in all."""
        return len(self._data)

    @property
    def all(self) -> memoryview:
        """The bytes from the batch at hand on."""
        return self._data[self._at :]

    def next(self) -> tuple[int, memoryview] | None:
        """The next batch and its magic; None at the end, where a last batch may be cut off.

        Raises:
            UnreadableError: it is none of Kafka's formats, or the first is cut off already.
        """
        self._at = self._next
        left = len(self._data) - self._at
        if left <= MAGIC_AT:
            self._cut_off(left, "it")
            return None
        (length,) = _LENGTH.unpack_from(self._data, self._at + LENGTH_AT)
        magic = self._data[self._at + MAGIC_AT]
        least = HEADER_BYTES - OVERHEAD_BYTES if magic >= MAGIC else _SMALLEST_BYTES
        if magic > MAGIC:
            raise UnreadableError(f"its format (magic {magic}) is unknown")
        if length < least:
            raise UnreadableError(f"it claims a length of {length} bytes")
        if length > left - OVERHEAD_BYTES:
            self._cut_off(left, f"its {length + OVERHEAD_BYTES}")
            return None
        self._next = self._at + OVERHEAD_BYTES + length
        return magic, self._data[self._at : self._next]

    def _cut_off(self, left: int, of: str) -> None:
        """A fetch may end amid a batch, but a broker gives the first one whole."""
        if self._at == 0 and left:
            raise UnreadableError(f"the broker gives {left} bytes of {of}")

    def move_on(self) -> bool:
        """Whether there is a batch behind the one at hand whose place is known."""
        return self._at < self._next < len(self._data)

    def behind(self, offset: int, end: int, header: BatchHeader | None) -> int:
        """The offset at which reading may go on behind the batch at hand: rather too early than too late.

        Arguments:
            offset: what cannot be read; the answer is more.
            end: the partition's end; the answer is not more.
            header: the batch's, where it has one; it may be wrong.
        """
        claims = []
        if header is not None:
            claims.append(header.last_offset + 1)
        if self.move_on() and self._next + LENGTH_AT <= len(self._data):
            claims.append(_OFFSET.unpack_from(self._data, self._next)[0])
        return min((claim for claim in claims if offset < claim <= end), default=offset + 1)
