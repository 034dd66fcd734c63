"""Events on their way to Kafka: checked by the contract, addressed to their topic, appended."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from producers.append import Appender, Outgoing
from schemas.catalogue import BY_NAME
from schemas.event import Event
from schemas.keys import key_of
from schemas.misplaced import misplaced
from schemas.rejection import RejectedError
from schemas.settings import Settings
from schemas.validation import validate

#: How often progress is reported, in records.
_STEP = 500

Advance = Callable[[int], object]
"""Called with how many more steps are done."""


@dataclass(frozen=True)
class Appended:
    """The outcome of a stream of events.

    Attributes:
        acknowledged: how many the broker has.
        rejected: how many are not events by the contract, and were left out.
    """

    acknowledged: int
    rejected: int


class Addressed(Protocol):
    """A record that says of which event type it is, as the simulator's do."""

    @property
    def value(self) -> bytes:
        """The record's value."""

    @property
    def type(self) -> str:
        """The event type, which decides the topic."""

    @property
    def key(self) -> str:
        """The Kafka key."""


def record_of(settings: Settings, event: Event, value: bytes) -> Outgoing:
    """The record of an event.

    Arguments:
        settings: the topics' prefix.
        event: what was accepted.
        value: the event as JSON, which becomes the record's value as it is.
    """
    return Outgoing(settings.topic(event.type.topic), value, key_of(event).encode())


def addressed(settings: Settings, record: Addressed) -> Outgoing:
    """The record of a simulated event, which is not checked: some are bad on purpose."""
    return Outgoing(settings.topic(BY_NAME[record.type].topic), record.value, record.key.encode())


class _Doubts:
    """Tells of misplaced fields, once of each place."""

    def __init__(self, warn: Callable[[int, str], object]) -> None:
        self._warn = warn
        self._told: set[str] = set()

    def look(self, number: int, event: Event) -> None:
        for place, belongs in misplaced(event):
            if place not in self._told:
                self._told.add(place)
                self._warn(number, f"{place} is kept, but is not read as attribution; it belongs in {belongs}")


async def append_lines(
    settings: Settings,
    lines: Iterable[bytes],
    *,
    reject: Callable[[int, RejectedError], object],
    advance: Advance,
    warn: Callable[[int, str], object] = lambda *_: None,
) -> Appended:
    """Append the events among lines, and leave out what is not an event.

    Arguments:
        settings: where Kafka is.
        lines: one event each; blank ones are passed over.
        reject: called with the number of each bad line, from 1, and what is wrong with it.
        advance: called after every few events.
        warn: called likewise with fields in a place where nothing reads them, once for each place.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    appended = rejected = 0
    doubts = _Doubts(warn)
    async with Appender(settings) as appender:
        for number, line in enumerate(lines, 1):
            value = line.strip()
            if not value:
                continue
            try:
                event = validate(value, recorded_ms=int(time.time() * 1000))
            except RejectedError as error:
                rejected += 1
                reject(number, error)
                continue
            doubts.look(number, event)
            await appender.append(record_of(settings, event, value))
            appended += 1
            await _pause(appended, advance)
    return Appended(appended, rejected)


async def append_records(settings: Settings, records: Iterable[Addressed], *, advance: Advance) -> int:
    """Append simulated records, bad ones included, to the topics of their types.

    Arguments:
        settings: where Kafka is.
        records: what to append.
        advance: called after every few records.

    Returns:
        How many the broker has.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    count = 0
    async with Appender(settings) as appender:
        for count, record in enumerate(records, 1):
            await appender.append(addressed(settings, record))
            await _pause(count, advance)
    return count


async def _pause(count: int, advance: Advance) -> None:
    """Tell progress, and let the connection work: records may come from memory, which waits for nothing."""
    if count % _STEP == 0:
        advance(_STEP)
        await asyncio.sleep(0)
