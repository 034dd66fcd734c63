"""Batches that an operator decided to skip: their letters in the dead letter topic, written and found again.

`jejak dead-letters skip` keeps the bytes of a batch that cannot be read as a dead letter, and that letter is what lets
a worker go on behind it: no offset of a live group can be committed from outside, and a letter neither expires nor
depends on which worker holds the partition. It names the batch by its place and by a fingerprint of its bytes, so in a
topic that was recreated it means nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka.structs import TopicPartition

from processors.dead_letters.stored import read_letter
from processors.dead_letters.whole_numbers import whole_number
from processors.fetch.unreadable import Unreadable
from processors.kafka.reading import TopicReader
from schemas.dead_letter import DeadLetter, reason_headers
from schemas.rejection import Reason
from schemas.settings import Settings

log = structlog.get_logger()

#: Ahead of the reasons in such a letter: where reading goes on, and which batch it is.
BEHIND, FINGERPRINT = "jejak.skipped.behind", "jejak.skipped.fingerprint"


@dataclass(frozen=True)
class Place:
    """Which batch is meant.

    The fingerprint covers its base offset. It does not cover the position in the batch: an offset in the middle of
    the batch means the batch at which a worker has stopped.
    """

    topic: str
    partition: int
    fingerprint: str

    @classmethod
    def of(cls, unreadable: Unreadable) -> "Place":
        """The place of what cannot be read."""
        return cls(unreadable.topic, unreadable.partition, unreadable.fingerprint)


def skip_letter(unreadable: Unreadable) -> DeadLetter:
    """The letter that keeps a batch's bytes and lets workers skip it."""
    own: list[tuple[str, bytes | None]] = [
        (BEHIND, str(unreadable.behind).encode()),
        (FINGERPRINT, unreadable.fingerprint.encode()),
    ]
    told = reason_headers(unreadable, Reason.UNREADABLE_BATCH, unreadable.cause)
    return DeadLetter(None, unreadable.raw, [*own, *told])


def read_skip(record: Any) -> tuple[Place, int] | None:
    """Which batch a record of the dead letter topic lets workers skip, and to where; None for every other letter."""
    if record.value is None or not any(name == BEHIND for name, _ in record.headers):
        return None
    letter = read_letter(record)
    if letter.reason != Reason.UNREADABLE_BATCH:
        return None
    own = {name: (value or b"").decode(errors="replace") for name, value in letter.headers}
    partition, behind = whole_number(letter.reasons.get("partition", "")), whole_number(own.get(BEHIND, ""))
    if partition is None or behind is None:
        return None
    return Place(letter.topic, partition, own.get(FINGERPRINT, "")), behind


class Skipped:
    """What is known of such letters: reads on in the dead letter topic from where it was."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._behind: dict[Place, set[int]] = {}
        self._read_to: dict[TopicPartition, int] = {}
        #: Of the partitions that somebody wants to go on.
        self._ends: dict[TopicPartition, int] = {}
        self._refused: set[tuple[Place, int]] = set()

    def behind(self, unreadable: Unreadable) -> int | None:
        """Where to continue after a batch; None if nobody has decided to skip it."""
        decided = self._behind.get(Place.of(unreadable), ())
        end = self._ends.get(TopicPartition(unreadable.topic, unreadable.partition), 0)
        # Of several, the least: what lies behind it may be readable.
        return min((behind for behind in decided if unreadable.offset < behind <= end), default=None)

    async def read_on(self, stopped: Iterable[Unreadable]) -> None:
        """Read all letters that came since the last time.

        A letter is only a record, which anybody may have written. What it names behind a partition's end does not
        count: the records that are still to come would be gone past.

        Arguments:
            stopped: where partitions stand still.

        Raises:
            aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
        """
        async with TopicReader(self._settings) as reader:
            spans = await reader.spans([self._settings.dead_letter_topic])
            news = {partition: (self._known_to(partition, *span), span[1]) for partition, span in spans.items()}
            async for records in reader.records(news):
                for found in filter(None, map(read_skip, records)):
                    self._behind.setdefault(found[0], set()).add(found[1])
            decided = [unreadable for unreadable in stopped if Place.of(unreadable) in self._behind]
            ends = await reader.spans({unreadable.topic for unreadable in decided}) if decided else {}
        self._ends = {partition: end for partition, (_, end) in ends.items()}
        self._read_to = {partition: end for partition, (_, end) in spans.items()}
        for unreadable in decided:
            self._tell_beyond(unreadable)

    def _tell_beyond(self, unreadable: Unreadable) -> None:
        """One line for each letter that names an offset behind the end."""
        place = Place.of(unreadable)
        end = self._ends.get(TopicPartition(unreadable.topic, unreadable.partition), 0)
        for behind in self._behind[place]:
            if behind > end and (place, behind) not in self._refused:
                self._refused.add((place, behind))
                log.warning(
                    "a dead letter wants to go past a partition's end; it does not count",
                    topic=unreadable.topic,
                    partition=unreadable.partition,
                    next_offset=behind,
                    end=end,
                )

    def _known_to(self, partition: TopicPartition, begin: int, end: int) -> int:
        """Where to read on; from the beginning in a topic that was made again."""
        known = self._read_to.get(partition, begin)
        return known if begin <= known <= end else begin
