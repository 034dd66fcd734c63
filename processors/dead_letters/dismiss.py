"""Dismissing dead letters: a mark that says why, and nothing else. The letter stays, to be shown or put back."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer

from processors.dead_letters.marks import Dismissal
from processors.dead_letters.stored import StoredDeadLetter
from schemas.kafka_options import client_options, started
from schemas.settings import Settings


class Dismisser:
    """Marks letters as dismissed. Used as an async context manager."""

    def __init__(self, settings: Settings, why: str) -> None:
        self._topic = settings.dead_letter_topic
        self._options = client_options(settings)
        self._why = why

    async def __aenter__(self) -> Self:
        self._producer = await started(AIOKafkaProducer(**self._options, acks="all"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._producer.stop()

    async def dismiss(self, letters: Sequence[StoredDeadLetter]) -> None:
        """Append the marks; returns when the broker has all of them.

        Raises:
            aiokafka.errors.KafkaError: it does not take one. The others it may have taken; the same again is no harm.
        """
        sent = []
        for letter in letters:
            mark = Dismissal(letter.place, self._why)
            sent.append(
                await self._producer.send(
                    self._topic, None, key=mark.key, partition=letter.partition, headers=mark.headers
                )
            )
        await asyncio.gather(*sent)
