"""Dead letters: what was rejected, byte for byte, with the reason in headers that triage tools know.

Contract, section 4; the header names are those of Kafka Connect's dead letter queue (KIP-298). A dead letter is
acknowledged by the broker before its batch counts as done, so a rejection can be doubled but not lost.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from processors.kafka import client_options
from processors.metrics import Metrics
from processors.tuning import Tuning
from schemas.rejection import RejectedError
from schemas.settings import Settings

log = structlog.get_logger()

HEADER = "__connect.errors."
#: Kafka Connect's name for the step from bytes to a typed record, which is what every rejection here failed at.
STAGE = "VALUE_CONVERTER"
#: Above the topic's own 16 MiB: the broker decides what is too large, not the client.
_MAX_REQUEST_BYTES = 32 * 2**20

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A rejected record on its way to the dead letter topic."""

    key: bytes | None
    value: bytes
    headers: Headers

    def without_value(self) -> "DeadLetter":
        """What is kept of a value that even the dead letter topic refuses for its size."""
        digest = hashlib.sha256(self.value).hexdigest().encode()
        size = str(len(self.value)).encode()
        extra = [("jejak.value.sha256", digest), ("jejak.value.bytes", size)]
        return DeadLetter(self.key, b"", [*self.headers, *extra])


def dead_letter(record: Any, error: RejectedError) -> DeadLetter:
    """Make the dead letter of a record.

    Arguments:
        record: the record as aiokafka gave it.
        error: why it is no event.
    """
    told = {
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "stage": STAGE,
        "exception.class.name": error.reason.value,
        "exception.message": error.message,
    }
    # A lone surrogate quoted from the input must not make the reason itself unwritable.
    reasons = [(HEADER + name, text.encode(errors="backslashreplace")) for name, text in told.items()]
    return DeadLetter(record.key, record.value, [*record.headers, *reasons])


class DeadLetters:
    """Appends dead letters and waits for the broker's word."""

    def __init__(self, settings: Settings, tuning: Tuning, metrics: Metrics) -> None:
        self._topic = settings.dead_letter_topic
        self._options = client_options(settings)
        self._tuning = tuning
        self._metrics = metrics
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        """Append all of them, retried for as long as it takes; returns when the broker has them."""
        delay = self._tuning.retry_first_seconds
        waiting: Sequence[DeadLetter] = letters
        while waiting:
            waiting = await self._try(waiting)
            if waiting:
                self._metrics.dead_letter_retries.inc(len(waiting))
                await asyncio.sleep(delay)
                delay = min(delay * 2, self._tuning.retry_max_seconds)

    async def _try(self, letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        """Append what can be appended; returns what has to be tried again."""
        try:
            producer = await self._started()
        except KafkaError as error:
            log.warning("dead letters cannot be sent; it is tried again", error=repr(error))
            return letters
        outcomes = await asyncio.gather(*(self._append(producer, item) for item in letters), return_exceptions=True)
        return list(self._left_over(letters, outcomes))

    def _left_over(
        self, letters: Sequence[DeadLetter], outcomes: Sequence[BaseException | None]
    ) -> Iterable[DeadLetter]:
        for letter, outcome in zip(letters, outcomes, strict=True):
            if isinstance(outcome, MessageSizeTooLargeError) and letter.value:
                yield letter.without_value()
            elif isinstance(outcome, KafkaError):
                log.warning("dead letter refused; it is tried again", error=repr(outcome))
                yield letter
            elif outcome is not None:
                raise outcome

    async def _append(self, producer: AIOKafkaProducer, letter: DeadLetter) -> None:
        await producer.send_and_wait(self._topic, letter.value, key=letter.key, headers=letter.headers)
        self._metrics.dead_letters.inc()

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(**self._options, acks="all", max_request_size=_MAX_REQUEST_BYTES)
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def stop(self) -> None:
        """Close the connection."""
        if self._producer is not None:
            await self._producer.stop()
