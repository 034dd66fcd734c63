"""Batches that somebody decided to go past: their letters in the dead letter topic, written and found again.

`jejak dead-letters skip` keeps the bytes of a batch that cannot be read as a dead letter, and that letter is what lets
a worker go on behind it: no offset of a live group can be committed from outside, and a letter neither expires nor
depends on which worker holds the partition. It names the batch by its place and by a fingerprint of its bytes, so in a
topic that was made anew it means nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from processors.dead_letters.dead_letter import DeadLetter, reason_headers
from processors.dead_letters.stored import read_letter
from processors.dead_letters.whole_numbers import whole_number
from processors.fetch.fetching import pass_over
from processors.fetch.unreadable import Unreadable
from processors.kafka.client import consumer_options, existing_partitions
from processors.kafka.lag import high_watermarks
from schemas.rejection import Reason
from schemas.settings import Settings

log = structlog.get_logger()

#: Ahead of the reasons in such a letter: where reading goes on, and which batch it is.
BEHIND, FINGERPRINT = "jejak.skipped.behind", "jejak.skipped.fingerprint"
_FETCH_WAIT_MS = 500
_FETCH_RECORDS = 2_000


@dataclass(frozen=True)
class Place:
    """Which batch is meant.

    The fingerprint covers its base offset. Where in it somebody stands is not told: whoever names an offset amid the
    batch means the batch that a worker stands at.
    """

    topic: str
    partition: int
    fingerprint: str

    @classmethod
    def of(cls, unreadable: Unreadable) -> "Place":
        """The place of what cannot be read."""
        return cls(unreadable.topic, unreadable.partition, unreadable.fingerprint)


def skip_letter(unreadable: Unreadable) -> DeadLetter:
    """The letter that keeps a batch's bytes and lets workers go past it."""
    own: list[tuple[str, bytes | None]] = [
        (BEHIND, str(unreadable.behind).encode()),
        (FINGERPRINT, unreadable.fingerprint.encode()),
    ]
    told = reason_headers(unreadable, Reason.UNREADABLE_BATCH, unreadable.cause)
    return DeadLetter(None, unreadable.raw, [*own, *told])


def read_skip(record: Any) -> tuple[Place, int] | None:
    """Which batch a record of the dead letter topic lets workers go past, and to where; None for every other letter."""
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
        """Where to go on behind a batch; None where nobody has decided to."""
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
        options = consumer_options(self._settings)
        consumer = AIOKafkaConsumer(**options, auto_offset_reset="earliest", fetch_max_wait_ms=_FETCH_WAIT_MS)
        try:
            await consumer.start()
            pass_over(consumer, lambda _: None)
            partitions = await existing_partitions(consumer, [self._settings.dead_letter_topic])
            if partitions:
                await self._read(consumer, partitions)
            asked = [unreadable for unreadable in stopped if Place.of(unreadable) in self._behind]
            if decided := {TopicPartition(at.topic, at.partition): at for at in asked}:
                await self._look_at_ends(consumer, decided)
        finally:
            await consumer.stop()

    async def _read(self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> None:
        consumer.assign(partitions)
        for partition in partitions:
            if partition in self._read_to:
                consumer.seek(partition, self._read_to[partition])
            else:
                await consumer.seek_to_beginning(partition)
        # An answer without anything is the end, for now.
        while fetched := await consumer.getmany(timeout_ms=2 * _FETCH_WAIT_MS, max_records=_FETCH_RECORDS):
            for partition, records in fetched.items():
                for record in records:
                    if found := read_skip(record):
                        self._behind.setdefault(found[0], set()).add(found[1])
                self._read_to[partition] = await consumer.position(partition)

    async def _look_at_ends(self, consumer: AIOKafkaConsumer, decided: Mapping[TopicPartition, Unreadable]) -> None:
        consumer.assign(list(decided))
        for partition, unreadable in decided.items():
            consumer.seek(partition, unreadable.offset)
        self._ends |= await high_watermarks(consumer, list(decided))
        for partition, unreadable in decided.items():
            place = Place.of(unreadable)
            for behind in self._behind[place]:
                if behind > self._ends[partition] and (place, behind) not in self._refused:
                    self._refused.add((place, behind))
                    log.warning(
                        "a dead letter wants to go past a partition's end; it does not count",
                        topic=partition.topic,
                        partition=partition.partition,
                        next_offset=behind,
                        end=self._ends[partition],
                    )
