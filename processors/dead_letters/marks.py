"""Marks: how a dead letter is known to be settled, in a topic that nothing can be changed in.

A mark is a record in the dead letter topic itself, appended to the letter's own partition: that it was put back, after
the broker has acknowledged the record that was put back, or that it was dismissed, and why. Why so:

- A crash between the two leaves a letter without its mark. It is put back once more, and the fold absorbs the
  duplicate. Marking first could lose it.
- Committed offsets of a group cannot express it: letters are settled in any selection, offsets only cover a prefix.
- Its value is null and it has none of the `__connect.errors.` headers. A dead letter's value is never null, because
  null values are not rejected but skipped (contract, section 4). Tools that look for Kafka Connect's headers, count
  values or put records back from here find nothing in it; consumers know a record without a value as a tombstone.
  Its key is its own, so that even on a compacted topic it would remove no letter.
- Behind the letter in the same partition it is found by everybody who has read on from the letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from processors.dead_letters.whole_numbers import whole_number

#: A dead letter's id: its partition and offset in the dead letter topic.
Place = tuple[int, int]
MarkHeaders = list[tuple[str, bytes]]

_REPLAYED, _DISMISSED = "jejak.replayed.", "jejak.dismissed."
#: Characters of a reason. Whoever has more to say has a ticket to name; and others can write marks, too.
MAX_WHY = 1_000


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
        return _key(_REPLAYED, self.letter)

    @property
    def headers(self) -> MarkHeaders:
        """The headers of the mark's record, numbers as decimal text."""
        place: dict[str, str | int] = {"to.topic": self.topic, "to.partition": self.partition, "to.offset": self.offset}
        return _headers(_REPLAYED, self.letter, place)


@dataclass(frozen=True)
class Dismissal:
    """That a dead letter needs no more attention.

    Attributes:
        letter: which one.
        why: the reason as it was typed, so code that shows it has to escape it.
        at_ms: when, as of a `Mark`.
    """

    letter: Place
    why: str
    at_ms: int = -1

    @property
    def key(self) -> bytes:
        """The key of the mark's record."""
        return _key(_DISMISSED, self.letter)

    @property
    def headers(self) -> MarkHeaders:
        """The headers of the mark's record."""
        return _headers(_DISMISSED, self.letter, {"why": self.why})


AnyMark = Mark | Dismissal


def _key(prefix: str, letter: Place) -> bytes:
    return f"{prefix}{letter[0]}:{letter[1]}".encode()


def _headers(prefix: str, letter: Place, told: Mapping[str, str | int]) -> MarkHeaders:
    everything = {"partition": letter[0], "offset": letter[1], **told}
    return [(prefix + name, str(value).encode()) for name, value in everything.items()]


def read_mark(record: Any) -> AnyMark | None:
    """The mark in a record of the dead letter topic; None if the record isn't a mark."""
    if record.value is not None:
        return None
    return _read_replayed(record) or _read_dismissed(record)


def _told(record: Any, prefix: str) -> dict[str, bytes]:
    return {name.removeprefix(prefix): value or b"" for name, value in record.headers if name.startswith(prefix)}


def _numbers(told: Mapping[str, bytes], *names: str) -> list[int] | None:
    found = [whole_number(told.get(name, b"").decode(errors="replace")) for name in names]
    numbers = [number for number in found if number is not None]
    return numbers if len(numbers) == len(names) else None


def _letter(record: Any, partition: int, offset: int) -> Place | None:
    """The letter that a mark speaks of; it stands before it in the same partition."""
    return (partition, offset) if partition == record.partition and offset < record.offset else None


def _read_replayed(record: Any) -> Mark | None:
    told = _told(record, _REPLAYED)
    numbers = _numbers(told, "partition", "offset", "to.partition", "to.offset")
    letter = _letter(record, numbers[0], numbers[1]) if numbers else None
    if numbers is None or letter is None:
        return None
    topic = told.get("to.topic", b"").decode(errors="replace")
    return Mark(letter, topic, numbers[2], numbers[3], record.timestamp)


def _read_dismissed(record: Any) -> Dismissal | None:
    told = _told(record, _DISMISSED)
    numbers = _numbers(told, "partition", "offset")
    letter = _letter(record, numbers[0], numbers[1]) if numbers else None
    if letter is None:
        return None
    return Dismissal(letter, told.get("why", b"").decode(errors="replace")[:MAX_WHY], record.timestamp)
