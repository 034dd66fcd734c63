"""From batch to batch by their lengths alone, which are at the same place in all of Kafka's formats."""

import struct

from processors.fetch.batch_header import (
    HEADER_BYTES,
    LENGTH_AT,
    MAGIC,
    MAGIC_AT,
    OVERHEAD_BYTES,
    BatchHeader,
    read_header,
)
from processors.fetch.fast_records import checksum
from processors.fetch.unreadable import UnreadableError

_LENGTH = struct.Struct(">i")
#: Of a message in the oldest format.
_SMALLEST_BYTES = 14


class BatchWalk:
    """Walks over the bytes of one partition's fetch.

    Attributes:
        all: the bytes from the current batch on.
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
        """The bytes from the current batch on."""
        return self._data[self._at :]

    def next(self) -> tuple[int, memoryview] | None:
        """The next batch and its magic; None at the end, where a last batch may be cut off.

        Raises:
            UnreadableError: it has none of Kafka's formats, or even the first batch is cut off.
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
        """A fetch may end in the middle of a batch, but the broker sends the first one whole."""
        if self._at == 0 and left:
            raise UnreadableError(f"the broker gives {left} bytes of {of}")

    def move_on(self) -> bool:
        """Whether another batch follows the current one at a known place."""
        return self._at < self._next < len(self._data)

    def behind(self, offset: int, end: int, header: BatchHeader | None) -> int:
        """The offset at which reading may continue after the current batch: too early rather than too late.

        Arguments:
            offset: what cannot be read; the answer is more.
            end: the partition's end; the answer is not more.
            header: the batch's, where its checksum is right; else only a sound batch behind it is believed.
        """
        claim = header.last_offset + 1 if header is not None else self._next_offset()
        return claim if claim is not None and offset < claim <= end else offset + 1

    def _next_offset(self) -> int | None:
        """Where the batch after the current one starts; None if no intact one follows."""
        rest = self._data[self._next :]
        if not self.move_on() or len(rest) < HEADER_BYTES:
            return None
        header = read_header(rest)
        size = OVERHEAD_BYTES + header.length
        sound = header.magic == MAGIC and HEADER_BYTES <= size <= len(rest)
        return header.base_offset if sound and checksum(rest[:size]) == header.crc else None
