"""Bytes that arrive in pieces, read as one stream, with no more in memory than was requested."""

from collections.abc import Iterator

from processors.fetch.unreadable import UnreadableError

#: A batch that decompresses to more counts as unreadable.
MAX_BATCH_BYTES = 2**30
_VARINT_BYTES = 10
_INT64 = 2**63


class Stream:
    """Reads pieces in order.

    Arguments:
        pieces: none of them is empty.
        limit: after so many bytes in all it is unreadable.
    """

    def __init__(self, pieces: Iterator[bytes], limit: int = MAX_BATCH_BYTES) -> None:
        self._pieces = pieces
        self._piece = b""
        self._at = 0
        self._left = limit

    def _refill(self) -> bool:
        """Make at least one byte available; false at the end."""
        while self._at >= len(self._piece):
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._left -= len(piece)
            if self._left < 0:
                raise UnreadableError(f"it decompresses to more than {MAX_BATCH_BYTES} bytes")
            self._piece, self._at = piece, 0
        return True

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return not self._refill()

    def skim(self, count: int) -> Iterator[bytes]:
        """The next `count` bytes in pieces.

        Raises:
            UnreadableError: there are fewer.
        """
        while count > 0:
            if not self._refill():
                raise UnreadableError(f"it ends {count} bytes too early")
            piece = self._piece[self._at : self._at + count]
            self._at += len(piece)
            count -= len(piece)
            yield piece

    def take(self, count: int) -> bytes:
        """The next `count` bytes.

        Raises:
            UnreadableError: there are fewer.
        """
        end = self._at + count
        if end <= len(self._piece):
            taken = self._piece[self._at : end]
            self._at = end
            return taken
        return b"".join(self.skim(count))

    def rest(self) -> Iterator[bytes]:
        """All that is left, in pieces."""
        while self._refill():
            piece = self._piece[self._at :]
            self._at = len(self._piece)
            yield piece

    def varint(self) -> int:
        """A signed number as Kafka's records have them.

        Raises:
            UnreadableError: it is malformed, or the bytes end inside it.
        """
        found = b""
        while len(found) < _VARINT_BYTES:
            found += self.take(1)
            if found[-1] < 0x80:
                return varint(found, 0)[0]
        raise UnreadableError("a number longer than ten bytes")


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A signed number at a place, and the place behind it.

    Raises:
        UnreadableError: it is malformed.
        IndexError: they end in it.
    """
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift >= 7 * _VARINT_BYTES:
            raise UnreadableError("a number longer than ten bytes")
    value &= 2 * _INT64 - 1
    return (value >> 1) ^ -(value & 1), at


def signed(value: int) -> int:
    """A number as 64 bits hold it."""
    return (value + _INT64) % (2 * _INT64) - _INT64
