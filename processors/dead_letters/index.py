"""Which records of the dead letter topic are originals, which are copies of others, and which are settled.

One rejected record is one letter however often it was rejected: the first of its copies gives the letter its id, and a
mark on any of them settles all. The first is the oldest; of equally old ones that of the lowest partition and offset.
So the answer is the same in whatever order partitions are read.

It keeps some 200 bytes a letter, and none of the letters themselves.
"""

from array import array
from bisect import bisect_left
from typing import Any

from processors.dead_letters.marks import AnyMark, Mark, Place, read_mark
from processors.dead_letters.stored import StoredDeadLetter, fingerprint, read_letter

_NO_LETTER = -1
_REPLAYED, _DISMISSED = 1, 2


class _Partition:
    """The letters of one partition, in the order of their offsets."""

    def __init__(self) -> None:
        self._offsets = array("q")
        self._letters = array("q")

    def put(self, offset: int, letter: int) -> None:
        self._offsets.append(offset)
        self._letters.append(letter)

    def at(self, offset: int) -> int:
        index = bisect_left(self._offsets, offset)
        found = index < len(self._offsets) and self._offsets[index] == offset
        return self._letters[index] if found else _NO_LETTER


class Index:
    """Takes the records of the topic, those of each partition in their order."""

    def __init__(self) -> None:
        self._partitions: dict[int, _Partition] = {}
        self._known: dict[bytes, int] = {}
        # Of each letter: when its first copy was written and where it is, how many there are, how it was settled.
        self._times, self._offsets = array("q"), array("q")
        self._numbers, self._copies = array("l"), array("L")
        self._settled = bytearray()

    def __len__(self) -> int:
        return len(self._times)

    def add(self, record: Any) -> tuple[int, StoredDeadLetter] | None:
        """Take a record; the letter's number in the index, and the letter, where it is the first copy so far."""
        if record.value is None:
            if mark := read_mark(record):
                self._settle(mark)
            return None
        letter = read_letter(record)
        number = self._number_of(letter)
        self._partitions.setdefault(letter.partition, _Partition()).put(letter.offset, number)
        self._copies[number] += 1
        age = (letter.timestamp_ms, letter.partition, letter.offset)
        if age > (self._times[number], self._numbers[number], self._offsets[number]):
            return None
        self._times[number], self._numbers[number], self._offsets[number] = age
        return number, letter

    def _number_of(self, letter: StoredDeadLetter) -> int:
        """The number of the letter that this is a copy of, or a new one."""
        told = fingerprint(letter)
        number = len(self) if told is None else self._known.setdefault(told, len(self))
        if number == len(self):
            self._times.append(letter.timestamp_ms)
            self._numbers.append(letter.partition)
            self._offsets.append(letter.offset)
            self._copies.append(0)
            self._settled.append(0)
        return number

    def _settle(self, mark: AnyMark) -> None:
        number = self._at(mark.letter)
        # What it speaks of may have been deleted by the topic's retention.
        if number != _NO_LETTER:
            self._settled[number] |= _REPLAYED if isinstance(mark, Mark) else _DISMISSED

    def _at(self, place: Place) -> int:
        partition = self._partitions.get(place[0])
        return partition.at(place[1]) if partition else _NO_LETTER

    def first(self, place: Place) -> Place | None:
        """The id of the letter at a place, original or copy; None if there is no letter."""
        number = self._at(place)
        return None if number == _NO_LETTER else (self._numbers[number], self._offsets[number])

    def waits(self, number: int) -> bool:
        """Whether a letter, by its number, has no mark."""
        return not self._settled[number]

    def told(self, letter: StoredDeadLetter) -> dict[str, Any]:
        """What the index knows about a letter, by the names of its attributes."""
        number = self._at(letter.place)
        settled = self._settled[number]
        return {
            "replayed": bool(settled & _REPLAYED),
            "dismissed": bool(settled & _DISMISSED),
            "copies": self._copies[number],
        }
