"""Reading the dead letter topic: what was rejected, where it came from, why, and whether it was settled since.

The topic is read twice. First whole, because marks stand behind the letters that they are about, and copies of a letter
anywhere (`processors/dead_letters/index.py`); then the part that is asked for. What is appended while it is read is
not read.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from aiokafka.errors import UnknownTopicOrPartitionError
from aiokafka.structs import TopicPartition

from processors.dead_letters.index import Index
from processors.dead_letters.marks import AnyMark, Place, read_mark
from processors.dead_letters.stored import StoredDeadLetter, read_letter
from processors.kafka.reading import TopicReader
from schemas.settings import Settings

#: The broker's index of times is asked for a little more, because brokers' and workers' clocks differ.
_CLOCKS_DIFFER_MS = 60_000

#: Partition → its first offset, and the one behind its last.
Spans = dict[int, tuple[int, int]]


def _nobody(_: int) -> None:
    """Reports no progress."""


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
        # What cannot be read here is no letter of ours, and must not keep the others from being seen.
        self._reader = TopicReader(settings)
        self._whole: Spans = {}
        self._index: Index | None = None

    async def __aenter__(self) -> Self:
        await self._reader.__aenter__()
        try:
            whole = await self._reader.spans([self._name])
            if not whole:
                raise UnknownTopicOrPartitionError(
                    f"topic {self._name} is missing, run `jejak topics`, or hidden by ACLs"
                )
        except BaseException:
            await self._reader.__aexit__(None, None, None)
            raise
        self._whole = {partition.partition: span for partition, span in whole.items()}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._reader.__aexit__(kind, error, trace)

    def _at(self, partition: int) -> TopicPartition:
        return TopicPartition(self._name, partition)

    @property
    def whole(self) -> Spans:
        """All of the topic, as it was when it was opened."""
        return self._whole

    async def steps(self, selection: Selection) -> int:
        """How many records are read for the selected letters."""
        return sum(
            end - begin for spans in (self._whole, await self._spans(selection)) for begin, end in spans.values()
        )

    async def _spans(self, selection: Selection) -> Spans:
        """The part of the topic that holds the selected letters."""
        if selection.places:
            offsets: dict[int, list[int]] = {}
            for partition, offset in selection.places:
                offsets.setdefault(partition, []).append(offset)
            return {partition: (min(some), max(some) + 1) for partition, some in offsets.items()}
        if selection.since_ms is None:
            return self._whole
        first = await self._first_since(selection.since_ms - _CLOCKS_DIFFER_MS)
        return {partition: (offset, self._whole[partition][1]) for partition, offset in first.items()}

    async def _first_since(self, since_ms: int) -> dict[int, int]:
        """The first offset of each partition that may be as late, by the broker's index of times.

        It only saves reading: what is read is looked at again. An answer that contradicts the question is ignored, and
        the partition is read whole. The embedded broker gives such answers; its others are too early, never too late.
        """
        asked = max(0, since_ms)
        answers = await self._reader.offsets_for_times({self._at(number): asked for number in self._whole})
        first: dict[int, int] = {}
        for number, (begin, end) in self._whole.items():
            answer = answers.get(self._at(number))
            if answer is None:
                first[number] = end
            else:
                first[number] = answer.offset if answer.timestamp >= asked else begin
        return first

    async def index(self, advance: Callable[[int], None] = _nobody) -> Index:
        """What is a letter, what a copy, what settled; the whole topic is read for it, once."""
        if self._index is None:
            index = Index()
            async for record in self.records(self._whole, advance):
                index.add(record)
            self._index = index
        return self._index

    async def letters(
        self, selection: Selection, advance: Callable[[int], None] = _nobody
    ) -> AsyncIterator[StoredDeadLetter]:
        """The selected letters, partition by partition as they come, oldest first within each.

        Arguments:
            selection: which; a place of a copy means the letter.
            advance: called with how many more records were read, `steps` in all.
        """
        index = await self.index(advance)
        places = frozenset(filter(None, map(index.first, selection.places)))
        if selection.places and not places:
            return
        selection = replace(selection, places=places)
        async for record in self.records(await self._spans(selection), advance):
            place = (record.partition, record.offset)
            if record.value is None or index.first(place) != place or (places and place not in places):
                continue
            if selection.admits(letter := read_letter(record)):
                yield replace(letter, **index.told(letter))

    async def letter(self, place: Place) -> StoredDeadLetter | None:
        """The letter at a place, settled or not, original or copy; None if there is no letter."""
        if (await self.index()).first(place) is None:
            return None
        return await anext(self.letters(Selection(places=frozenset([place]))), None)

    async def marks(self, place: Place) -> list[AnyMark]:
        """The marks of one letter and of its copies, oldest first."""
        index = await self.index()
        wanted = index.first(place)
        found = [read_mark(record) async for record in self.records(self._whole)]
        marks = [mark for mark in found if mark and wanted and index.first(mark.letter) == wanted]
        return sorted(marks, key=lambda mark: mark.at_ms)

    async def records(self, spans: Spans, advance: Callable[[int], None] = _nobody) -> AsyncIterator[Any]:
        """Every record of a part of the topic."""
        asked = {self._at(number): span for number, span in spans.items()}
        async for records in self._reader.records(asked):
            for record in records:
                yield record
            advance(len(records))


async def read_dead_letters(settings: Settings, selection: Selection | None = None) -> AsyncIterator[StoredDeadLetter]:
    """The selected dead letters that exist now; all if nothing is selected. Marks do not count.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses; the topic is missing.
    """
    async with DeadLetterTopic(settings) as topic:
        async for letter in topic.letters(selection or Selection()):
            yield letter
