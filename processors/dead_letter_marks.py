"""Marks: how a dead letter is known to have been put back, in a topic that nothing can be changed in.

A mark is a record in the dead letter topic itself, appended to the letter's own partition after the broker has
acknowledged the record that was put back. Why so:

- A crash between the two leaves a letter without its mark. It is put back once more, and the fold absorbs the
  duplicate. Marking first could lose it.
- Committed offsets of a group cannot say it: letters are put back in any selection, offsets only tell a prefix.
- Its value is null and it has none of the `__connect.errors.` headers. A dead letter's value is never null, because
  null values are not rejected but skipped (contract, section 4). Tools that look for Kafka Connect's headers, count
  values or put records back from here find nothing in it; consumers know a record without a value as a tombstone.
  Its key is its own, so that even on a compacted topic it would remove no letter.
- Behind the letter in the same partition it is found by everybody who has read on from the letter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: A dead letter's id: its partition and offset in the dead letter topic.
Place = tuple[int, int]

_PREFIX = "jejak.replayed."
_DECIMAL = re.compile(rb"\d{1,19}", re.ASCII)
#: Bits of a byte.
_BYTE = 8


@dataclass(frozen=True)
class Mark:
    """That a dead letter was put back.

    Attributes:
        letter: which one.
        topic, partition, offset: where it is now.
        at_ms: when, in milliseconds since 1970; the mark's own Kafka timestamp.
    """

    letter: Place
    topic: str
    partition: int
    offset: int
    at_ms: int = -1

    @property
    def key(self) -> bytes:
        """The key of the mark's record."""
        return f"{_PREFIX}{self.letter[0]}:{self.letter[1]}".encode()

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """The headers of the mark's record, numbers as decimal text."""
        told = {
            "partition": self.letter[0],
            "offset": self.letter[1],
            "to.topic": self.topic,
            "to.partition": self.partition,
            "to.offset": self.offset,
        }
        return [(_PREFIX + name, str(value).encode()) for name, value in told.items()]


def read_mark(record: Any) -> Mark | None:
    """The mark that a record of the dead letter topic is; None where it is none."""
    if record.value is not None:
        return None
    told = {name.removeprefix(_PREFIX): value or b"" for name, value in record.headers if name.startswith(_PREFIX)}
    numbers = [told.get(name, b"") for name in ("partition", "offset", "to.partition", "to.offset")]
    if not all(map(_DECIMAL.fullmatch, numbers)):
        return None
    partition, offset, to_partition, to_offset = map(int, numbers)
    if partition != record.partition or offset >= record.offset:
        return None
    topic = told.get("to.topic", b"").decode(errors="replace")
    return Mark((partition, offset), topic, to_partition, to_offset, record.timestamp)


class Marked:
    """Which letters have a mark: one bit for each record of the topic, however many of them there are."""

    def __init__(self, spans: Mapping[int, tuple[int, int]]) -> None:
        """Arguments: the first offset, and the one behind the last, of each partition."""
        self._begins = {partition: begin for partition, (begin, _) in spans.items()}
        self._bits = {partition: bytearray((end - begin) // _BYTE + 1) for partition, (begin, end) in spans.items()}

    def add(self, letter: Place) -> None:
        """Remember one; what lies before the span is nobody's question."""
        byte, bit = self._position(letter)
        if byte >= 0:
            self._bits[letter[0]][byte] |= bit

    def __contains__(self, letter: Place) -> bool:
        byte, bit = self._position(letter)
        return byte >= 0 and bool(self._bits[letter[0]][byte] & bit)

    def _position(self, letter: Place) -> tuple[int, int]:
        byte, bit = divmod(letter[1] - self._begins[letter[0]], _BYTE)
        return byte, 1 << bit
