"""Putting dead letters back: each record again in its topic, with its key, value and headers byte for byte.

First it is checked as the worker would check it; what would be rejected again is refused. Then it is appended, and
when the broker has it, its mark (`processors/dead_letters/marks.py`). Whatever ends this in between leaves a letter
without its mark: the next replay appends it once more, which the views do not show.

**The Kafka timestamp is the present.** A dead letter does not know its record's own, and a letter that was rejected
because its `time` was too far ahead of it can only pass by a later one. Nothing is lost by it: an event's order is
its own `time` (contract, section 1). The check takes the very timestamp that the record then gets.

**The partition is the record's old one**, where the topic still has it: producers use different partitioners, and so
it stays with the records of its key.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from processors.dead_letters.marks import Mark
from processors.dead_letters.stored import StoredDeadLetter
from processors.dead_letters.whole_numbers import whole_number
from processors.fetch import record_bytes
from schemas.constants import TOPICS
from schemas.kafka_options import MAX_REQUEST_BYTES, client_options
from schemas.rejection import AT_THE_DOOR, Reason, RejectedError
from schemas.settings import Settings
from schemas.strangers import by_headers
from schemas.validation import validate

#: Of a batch of records. A broker's limit for a record's size holds for the batch that it comes in.
_BATCH_BYTES = 128 * 1024


class Outcome(Enum):
    """The outcome for a dead letter."""

    REPLAYED = "replayed"
    #: Nothing was tried, because it would be in vain.
    REFUSED = "refused"
    #: The broker did not take it.
    FAILED = "failed"


@dataclass(frozen=True)
class Replayed:
    """The outcome for a dead letter, and the reason if it was not put back."""

    letter: StoredDeadLetter
    outcome: Outcome
    why: str = ""


def now_ms() -> int:
    """The Kafka timestamp that a record put back now gets."""
    return int(time.time() * 1000)


_AT_THE_DOOR = "it is what the front door was sent, not a record; its sender, or `jejak produce`, can send it corrected"
#: Of kinds that are no record: what can be done instead.
_NO_RECORD: Mapping[str, str] = {
    Reason.UNREADABLE_BATCH.value: (
        "it is a whole batch that could not be read, not a record; its producer has to send the events again"
    ),
    Reason.UNREADABLE_RECORD.value: (
        "its value is a record's bytes that no Kafka client can read; its producer has to send the event again"
    ),
} | {reason.value: _AT_THE_DOOR for reason in AT_THE_DOOR}


def impossible(settings: Settings, letter: StoredDeadLetter) -> str | None:
    """Why a letter cannot be put back, not even by force; None if it can."""
    if letter.lost_sha256 is not None:
        return f"its value of {letter.lost_size} was too large to be kept; only its producer has it"
    if why := _NO_RECORD.get(letter.reason):
        return why
    if not letter.topic:
        return "it does not say which topic it came from"
    if letter.topic not in {settings.topic(name) for name in TOPICS}:
        return f"its topic {letter.topic} does not begin with JEJAK_TOPIC_PREFIX={settings.topic_prefix}"
    return None


def still_rejected(settings: Settings, letter: StoredDeadLetter, recorded_ms: int) -> str | None:
    """Why the worker would reject a record again; None if it would take it.

    Arguments:
        settings: whose topic prefix counts.
        letter: one that can be put back.
        recorded_ms: the Kafka timestamp that it would get.
    """
    try:
        validate(letter.value, topic=letter.topic.removeprefix(settings.topic_prefix), recorded_ms=recorded_ms)
    except RejectedError as refusal:
        error = by_headers(refusal, letter.value, letter.headers)
        return f"it would be rejected again: {error.reason.value}: {error.message}"
    return None


def _outcome(letter: StoredDeadLetter, sent: "asyncio.Future[Any]") -> Mark | BaseException:
    """The broker's answer about a record: its new place, for the mark, or what was wrong."""
    if error := sent.exception():
        return error
    place = sent.result()
    return Mark(letter.place, place.topic, place.partition, place.offset)


class Replayer:
    """Puts dead letters back, some at a time. Used as an async context manager.

    Arguments:
        settings: where Kafka is, and the topics' prefix.
        force: put back what would be rejected again, too.
        dry_run: append nothing.
    """

    def __init__(self, settings: Settings, *, force: bool = False, dry_run: bool = False) -> None:
        self._settings = settings
        self._force = force
        self._dry_run = dry_run
        self._options = client_options(settings)

    async def __aenter__(self) -> Self:
        self._producer = AIOKafkaProducer(
            **self._options, acks="all", max_request_size=MAX_REQUEST_BYTES, max_batch_size=_BATCH_BYTES
        )
        try:
            await self._producer.start()
            # All topics in one request: if asked by name, the broker would create a missing one, with its own settings.
            cluster = await self._producer.client.fetch_all_metadata()
            self._partitions = {topic: cluster.partitions_for_topic(topic) for topic in cluster.topics()}
        except BaseException:
            await self._producer.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._producer.stop()

    async def replay(self, letters: Sequence[StoredDeadLetter]) -> list[Replayed]:
        """Put letters back and mark them; returns the outcome of each, in their order.

        Raises:
            aiokafka.errors.KafkaError: the broker takes nothing. What it had taken before is marked, as far as it
                took the marks.
        """
        appended = [await self._append(letter) for letter in letters]
        sent = [item for item in appended if isinstance(item, asyncio.Future)]
        await asyncio.gather(*sent, return_exceptions=True)
        outcomes = [
            _outcome(letter, item) if isinstance(item, asyncio.Future) else item
            for letter, item in zip(letters, appended, strict=True)
        ]
        await asyncio.gather(*[await self._mark(item) for item in outcomes if isinstance(item, Mark)])
        return [self._told(letter, outcome) for letter, outcome in zip(letters, outcomes, strict=True)]

    def _refusal(self, letter: StoredDeadLetter, recorded_ms: int) -> str | None:
        if why := impossible(self._settings, letter):
            return why
        if letter.topic not in self._partitions:
            return f"topic {letter.topic} is missing, run `jejak topics`, or hidden by ACLs"
        return None if self._force else still_rejected(self._settings, letter, recorded_ms)

    async def _append(self, letter: StoredDeadLetter) -> "asyncio.Future[Any] | Exception | str | None":
        """Append a record: the broker's word to come, the reason why nothing was tried, or None in a dry run."""
        recorded_ms = now_ms()
        if why := self._refusal(letter, recorded_ms):
            return why
        if self._dry_run:
            return None
        try:
            sent: asyncio.Future[Any] = await record_bytes.send(
                self._producer,
                letter.topic,
                letter.value,
                key=letter.key,
                partition=self._partition(letter),
                timestamp_ms=recorded_ms,
                headers=letter.headers,
            )
        except KafkaError as error:
            refused: Exception = error
            return refused
        return sent

    def _partition(self, letter: StoredDeadLetter) -> int | None:
        """The record's old partition; None leaves the choice to the client."""
        partition = whole_number(letter.reasons.get("partition", ""))
        return partition if partition in self._partitions[letter.topic] else None

    async def _mark(self, mark: Mark) -> "asyncio.Future[Any]":
        topic, partition = self._settings.dead_letter_topic, mark.letter[0]
        sent: asyncio.Future[Any] = await self._producer.send(
            topic, None, key=mark.key, partition=partition, headers=mark.headers
        )
        return sent

    def _told(self, letter: StoredDeadLetter, outcome: Mark | str | BaseException | None) -> Replayed:
        match outcome:
            case str():
                return Replayed(letter, Outcome.REFUSED, outcome)
            case MessageSizeTooLargeError():
                why = f"topic {letter.topic} takes no record of its size, {len(letter.value)} bytes (max.message.bytes)"
                return Replayed(letter, Outcome.FAILED, why)
            case KafkaError() if outcome.args:
                raise outcome
            case KafkaError():
                raise type(outcome)(f"topic {letter.topic}: {type(outcome).__name__}") from outcome
            case BaseException():
                raise outcome
            case _:
                return Replayed(letter, Outcome.REPLAYED)
