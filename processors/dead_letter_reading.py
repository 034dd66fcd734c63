"""Reading the dead letter topic: what was rejected, where it came from, why, and whether it was put back since.

The topic is read twice: marks stand behind the letters that they are about (`processors/dead_letter_marks.py`), and
nothing is kept in memory but one bit a record. What is appended while it is read is not read.
"""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaTimeoutError, UnknownTopicOrPartitionError
from aiokafka.structs import TopicPartition

from processors.dead_letter_marks import Mark, Marked, Place, read_mark
from processors.fetching import pass_over
from processors.kafka import consumer_options, existing_partitions
from processors.lag import readable_ends
from processors.stored_dead_letter import StoredDeadLetter, read_letter
from schemas.settings import Settings

_FETCH_WAIT_MS = 100
_FETCH_RECORDS = 2_000
#: Silence after which a broker is no longer waited for.
_PATIENCE_SECONDS = 30.0
#: The broker's index of times is asked for a little more, because brokers' and workers' clocks differ.
_CLOCKS_DIFFER_MS = 60_000

#: Partition → its first offset, and the one behind its last.
Spans = dict[int, tuple[int, int]]


def _nobody(_: int) -> None:
    """Tells nobody of the progress."""


@dataclass(frozen=True)
class Selection:
    """Which dead letters are meant; of each kind nothing means all.

    Attributes:
        topics: where they came from, by full names.
        reasons: why they were rejected.
        since_ms: not rejected before this, in milliseconds since 1970.
        places: just these.
    """

    topics: frozenset[str] = field(default_factory=frozenset)
    reasons: frozenset[str] = field(default_factory=frozenset)
    since_ms: int | None = None
    places: frozenset[Place] = field(default_factory=frozenset)

    def admits(self, letter: StoredDeadLetter) -> bool:
        """Whether a letter is meant."""
        return (
            (not self.topics or letter.topic in self.topics)
            and (not self.reasons or letter.reason in self.reasons)
            and (self.since_ms is None or letter.timestamp_ms >= self.since_ms)
            and (not self.places or letter.place in self.places)
        )


class DeadLetterTopic:
    """The dead letter topic as it is when it is opened. Used as an async context manager.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses; the topic is missing.
    """

    def __init__(self, settings: Settings) -> None:
        self._name = settings.dead_letter_topic
        self._options = consumer_options(settings)
        self._whole: Spans = {}

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(
            **self._options, auto_offset_reset="earliest", fetch_max_wait_ms=_FETCH_WAIT_MS
        )
        try:
            await self._consumer.start()
            # What cannot be read here is no letter of ours, and must not keep the others from being seen.
            pass_over(self._consumer, lambda _: None)
            self._whole = await self._measured()
        except BaseException:
            await self._consumer.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def _measured(self) -> Spans:
        partitions = await existing_partitions(self._consumer, [self._name])
        if not partitions:
            raise UnknownTopicOrPartitionError(f"topic {self._name} is missing, run `jejak topics`, or hidden by ACLs")
        self._consumer.assign(partitions)
        begins = await self._consumer.beginning_offsets(partitions)
        await self._consumer.seek_to_beginning(*partitions)
        ends = await readable_ends(self._consumer, partitions)
        return {item.partition: (begins[item], ends[item]) for item in partitions}

    def _at(self, partition: int) -> TopicPartition:
        return TopicPartition(self._name, partition)

    async def spans(self, selection: Selection) -> Spans:
        """The part of the topic that holds the selected letters and all marks of theirs."""
        if selection.places:
            first: dict[int, int] = {}
            for partition, offset in selection.places:
                first[partition] = min(offset, first.get(partition, offset))
        elif selection.since_ms is not None:
            first = await self._first_since(selection.since_ms - _CLOCKS_DIFFER_MS)
        else:
            first = {partition: begin for partition, (begin, _) in self._whole.items()}
        return {partition: (offset, self._whole[partition][1]) for partition, offset in first.items()}

    async def _first_since(self, since_ms: int) -> dict[int, int]:
        """The first offset of each partition that may be as late, by the broker's index of times.

        It only saves reading: what is read is looked at again. An answer that contradicts the question is none, and
        the partition is read whole. The embedded broker gives such ones; the others of its are too early, never late.
        """
        asked = max(0, since_ms)
        answers = await self._consumer.offsets_for_times({self._at(number): asked for number in self._whole})
        first: dict[int, int] = {}
        for number, (begin, end) in self._whole.items():
            answer = answers.get(self._at(number))
            if answer is None:
                first[number] = end
            else:
                first[number] = answer.offset if answer.timestamp >= asked else begin
        return first

    async def letters(
        self, selection: Selection, spans: Spans | None = None, advance: Callable[[int], None] = _nobody
    ) -> AsyncIterator[StoredDeadLetter]:
        """The selected letters, partition by partition as they come, oldest first within each.

        Arguments:
            selection: which.
            spans: the part to read, where it has been asked for already.
            advance: told how many more records are read; each is read twice.
        """
        spans = spans or await self.spans(selection)
        marked = Marked(spans)
        async for record in self._records(spans, advance):
            if mark := read_mark(record):
                marked.add(mark.letter)
        async for record in self._records(spans, advance):
            place = (record.partition, record.offset)
            if record.value is not None and selection.admits(letter := read_letter(record, replayed=place in marked)):
                yield letter

    async def letter(self, place: Place) -> StoredDeadLetter | None:
        """The letter at a place, whether it was put back or not; None where there is none."""
        begin, end = self._whole.get(place[0], (0, 0))
        if not begin <= place[1] < end:
            return None
        found = None
        async for record in self._records({place[0]: (place[1], place[1] + 1)}, _nobody):
            if record.value is not None:
                found = read_letter(record, replayed=False)
        return found

    async def marks(self, place: Place) -> list[Mark]:
        """The marks of one letter, oldest first."""
        spans = await self.spans(Selection(places=frozenset([place])))
        found = [read_mark(record) async for record in self._records(spans, _nobody)]
        return [mark for mark in found if mark and mark.letter == place]

    async def _records(self, spans: Spans, advance: Callable[[int], None]) -> AsyncIterator[Any]:
        """Every record of a part of the topic."""
        waiting = {self._at(partition): end for partition, (begin, end) in spans.items() if begin < end}
        if not waiting:
            return
        self._consumer.assign(list(waiting))
        for partition in waiting:
            self._consumer.seek(partition, spans[partition.partition][0])
        silent_since = time.monotonic()
        while waiting:
            fetched = await self._consumer.getmany(*waiting, timeout_ms=_FETCH_WAIT_MS, max_records=_FETCH_RECORDS)
            for partition, records in fetched.items():
                wanted = [record for record in records if record.offset < waiting[partition]]
                for record in wanted:
                    yield record
                advance(len(wanted))
            if fetched:
                silent_since = time.monotonic()
            elif time.monotonic() - silent_since > _PATIENCE_SECONDS:
                raise KafkaTimeoutError(f"no answer for {_PATIENCE_SECONDS:.0f} s while reading {self._name}")
            for partition, end in tuple(waiting.items()):
                if await self._consumer.position(partition) >= end:
                    del waiting[partition]


async def read_dead_letters(settings: Settings, selection: Selection | None = None) -> AsyncIterator[StoredDeadLetter]:
    """The selected dead letters there are now, all where nothing is selected. Marks are none.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses; the topic is missing.
    """
    async with DeadLetterTopic(settings) as topic:
        async for letter in topic.letters(selection or Selection()):
            yield letter
