"""How many dead letters wait, for `jejak status` and for the workers' metric: both look often, and in bounded time.

The topic is read on from where it was read last, and of a letter only a few words are kept. A topic with more records
than are read is read at its end: what is told then is what waits there, and how many records were not looked at.
Copies of letters that lie before the part that is read cannot be known, so it is "about" so many then, not "at least".
"""

import asyncio
import time
from dataclasses import dataclass, field, replace

from processors.dead_letters.identity import asked_of
from processors.dead_letters.index import Index
from processors.dead_letters.marks import Place
from processors.dead_letters.reading import DeadLetterTopic, Spans
from processors.dead_letters.stored import StoredDeadLetter, believed_ms
from projections.stored_events import Asked, Identity

#: Records taken between two looks at the event loop, which a worker shares with its work.
_BETWEEN_YIELDS = 100


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A dead letter without a mark, in short.

    Attributes:
        place: its id.
        at_ms: when it was rejected.
        topic: where the record came from; empty where it does not say.
        reason: why it was rejected, such as `UnknownType`.
        message: the field and what is wrong with it.
        asked: the event that would settle it; None where it does not tell.
    """

    place: Place
    at_ms: int
    topic: str
    reason: str
    message: str
    asked: Asked | None = None


@dataclass(frozen=True)
class Waiting:
    """The letters that wait.

    Attributes:
        letters: without a mark; those whose events are stored are among them until `without` is told.
        unread: records that were not looked at, so there may be more letters; 0 where all are known.
        repairs_known: whether those that were repaired by hand are left out.
    """

    letters: list[WaitingLetter] = field(default_factory=list)
    unread: int = 0
    repairs_known: bool = False

    @property
    def asked(self) -> list[Asked]:
        """The events that would settle them."""
        return [letter.asked for letter in self.letters if letter.asked]

    @property
    def last(self) -> WaitingLetter | None:
        """The newest of them."""
        return max(self.letters, key=lambda letter: believed_ms(letter.at_ms), default=None)

    def without(self, stored: set[Identity]) -> "Waiting":
        """Those that are left when these events are stored."""
        left = [item for item in self.letters if not (item.asked and item.asked.identity in stored)]
        return replace(self, letters=left, repairs_known=True)


class Summary:
    """Reads the dead letters and remembers what waits. Each look reads only what was appended since the last."""

    def __init__(self, records: int) -> None:
        """Arguments: so many records are read at most, the newest."""
        self._limit = records
        self._forget()

    def _forget(self) -> None:
        self._index = Index()
        self._letters: dict[int, WaitingLetter] = {}
        #: What was read so far, by partition; the gap between the topic's beginning and its first is not.
        self._read: Spans = {}

    async def look(self, topic: DeadLetterTopic, seconds: float) -> Waiting:
        """Read on, and tell what waits.

        Arguments:
            topic: opened just now.
            seconds: how long it may read; what is not read by then is told as unread.

        Raises:
            aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
        """
        spans = self._next(topic.whole)
        end = time.monotonic() + seconds
        taken = 0
        async for record in topic.records(spans):
            self._add(record)
            taken += 1
            if taken % _BETWEEN_YIELDS == 0:
                await asyncio.sleep(0)
            if time.monotonic() > end:
                break
        else:
            self._read = {number: (self._read[number][0], span[1]) for number, span in spans.items()}
        unread = sum(end - begin for begin, end in topic.whole.values())
        unread -= sum(end - begin for begin, end in self._read.values())
        # What has a mark keeps it.
        self._letters = {number: item for number, item in self._letters.items() if self._index.waits(number)}
        return Waiting(list(self._letters.values()), max(0, unread))

    def _next(self, whole: Spans) -> Spans:
        """What is to be read now: on from the last look, or all over where the topic is another, or has lost some."""
        known = self._read
        grown = known.keys() == whole.keys() and all(
            whole[number][0] <= begin and end <= whole[number][1] for number, (begin, end) in known.items()
        )
        records = sum(end - begin for begin, end in whole.values())
        room = self._limit - sum(end - begin for begin, end in known.values())
        new = sum(whole[number][1] - end for number, (_, end) in known.items()) if grown else records
        if not grown or new > room:
            self._forget()
            share = min(1.0, self._limit / records) if records else 1.0
            # A little less than the limit, or the next letter would have everything read again.
            share = share * 0.9 if share < 1.0 else share
            begins = {number: end - int((end - begin) * share) for number, (begin, end) in whole.items()}
            self._read = {number: (begin, begin) for number, begin in begins.items()}
        return {number: (self._read[number][1], end) for number, (_, end) in whole.items()}

    def _add(self, record: object) -> None:
        if added := self._index.add(record):
            number, letter = added
            self._letters[number] = _short(letter)
        place = (record.partition, record.offset)  # type: ignore[attr-defined]
        self._read[place[0]] = (self._read[place[0]][0], place[1] + 1)


def _short(letter: StoredDeadLetter) -> WaitingLetter:
    asked = asked_of(letter)
    return WaitingLetter(letter.place, letter.timestamp_ms, letter.topic, letter.reason, letter.message, asked)
