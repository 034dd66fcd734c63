"""The publisher: appends events and returns once Kafka has them."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import structlog
from aiokafka.errors import KafkaError

from pages.problems import away
from processors.kafka.faults import explain_kafka
from processors.telemetry.repeated import Repeated
from producers.append import Appender
from producers.events import record_of
from schemas.event import Event
from schemas.settings import Settings
from schemas.validation import validate

log = structlog.get_logger()

#: How long a person waits for an acknowledgement.
_SECONDS = 8.0


class Publisher:
    """One producer for all requests, made when it is first needed and again after a failure."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is connected yet."""
        self._settings = settings
        self._appender: Appender | None = None
        self._lock = asyncio.Lock()
        self._failing = Repeated()

    async def publish(self, events: Sequence[dict[str, Any]]) -> list[Event]:
        """Append events to their topics, in their order.

        Arguments:
            events: CloudEvents, of types that the catalogue has.

        Returns:
            The same as the worker will read them.

        Raises:
            ProblemError: 503, Kafka has not acknowledged all of them. To send the same again does no harm.
            RejectedError: one of them is not an event by the contract.
        """
        accepted = [(validate(value), value) for value in (json.dumps(event).encode() for event in events)]
        records = [record_of(self._settings, event, value) for event, value in accepted]
        try:
            async with asyncio.timeout(_SECONDS):
                appender = await self._started()
                for record in records:
                    await appender.send([record])
        except (KafkaError, OSError, TimeoutError) as error:
            told = explain_kafka(error) if isinstance(error, KafkaError | OSError) else f"no answer in {_SECONDS:.0f} s"
            if self._failing.due(told):
                log.warning("cannot append", error=told)
            await self.stop()
            raise away("Kafka does not answer just now; nothing was changed, send it again in a moment") from error
        self._failing.over()
        return [event for event, _ in accepted]

    async def _started(self) -> Appender:
        async with self._lock:
            if self._appender is None:
                self._appender = await Appender(self._settings).__aenter__()
            return self._appender

    async def stop(self) -> None:
        """Disconnect; the next event connects again."""
        async with self._lock:
            appender, self._appender = self._appender, None
            if appender is not None:
                try:
                    async with asyncio.timeout(_SECONDS):
                        await appender.__aexit__(None, None, None)
                except (KafkaError, OSError, TimeoutError):
                    log.debug("the producer did not end in good order")
