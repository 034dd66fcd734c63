"""Dead letters of records: made from what was rejected, and appended until the broker has them.

Their shape is `schemas.dead_letter`'s (contract, section 4). A dead letter is acknowledged by the broker before its
batch counts as done, so a rejection can be doubled but not lost.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from processors.fetch import record_bytes
from processors.fetch.records import Broken
from processors.kafka.faults import explain_kafka
from processors.telemetry.metrics import Metrics
from processors.telemetry.repeated import Repeated
from processors.tuning import Tuning
from schemas.dead_letter import DeadLetter, reason_headers
from schemas.kafka_options import MAX_REQUEST_BYTES, client_options
from schemas.rejection import Reason, RejectedError
from schemas.settings import Settings

log = structlog.get_logger()


def dead_letter(record: Any, error: RejectedError) -> DeadLetter:
    """Make the dead letter of a record.

    Arguments:
        record: the record as aiokafka gave it.
        error: why it is no event.
    """
    return DeadLetter(record.key, record.value, [*record.headers, *reason_headers(record, error.reason, error.message)])


def broken_letter(broken: Broken) -> tuple[DeadLetter, Reason]:
    """Make the dead letter of a record that could not be given whole, and say which kind of rejection it is."""
    reason = Reason.TOO_LARGE if broken.too_large else Reason.UNREADABLE_RECORD
    headers = [*broken.headers, *reason_headers(broken, reason, broken.cause)]
    letter = DeadLetter(broken.key, broken.raw, headers)
    return (letter if broken.lost_sha256 is None else letter.emptied(broken.lost_sha256, broken.lost_bytes)), reason


class DeadLetters:
    """Appends dead letters and waits for the broker's word.

    Attributes:
        moved_at: when the broker last took one, in monotonic seconds, or when the sending began; None while none is
            on its way.
    """

    def __init__(self, settings: Settings, tuning: Tuning, metrics: Metrics) -> None:
        self._topic = settings.dead_letter_topic
        self._options = client_options(settings)
        self._tuning = tuning
        self._metrics = metrics
        self._failing = Repeated()
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._sending = 0
        self.moved_at: float | None = None

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        """Append all of them, retried for as long as it takes; returns when the broker has them."""
        self._sending += 1
        if self.moved_at is None:
            self.moved_at = time.monotonic()
        try:
            await self._send(letters)
        finally:
            self._sending -= 1
            if not self._sending:
                self.moved_at = None

    async def _send(self, letters: Sequence[DeadLetter]) -> None:
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
            if self._failing.due(repr(error)):
                log.warning("dead letters cannot be sent; it is tried again", error=explain_kafka(error))
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
                if self._failing.due(repr(outcome)):
                    log.warning("dead letter refused; it is tried again", error=explain_kafka(outcome))
                yield letter
            elif outcome is not None:
                raise outcome

    async def _append(self, producer: AIOKafkaProducer, letter: DeadLetter) -> None:
        if record_bytes.is_text(letter.headers):
            await producer.send_and_wait(self._topic, letter.value, key=letter.key, headers=letter.headers)
        else:
            await (await record_bytes.send(producer, self._topic, letter.value, key=letter.key, headers=letter.headers))
        self._metrics.dead_letters.inc()
        self.moved_at = time.monotonic()

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(**self._options, acks="all", max_request_size=MAX_REQUEST_BYTES)
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
