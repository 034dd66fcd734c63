"""Which dead letters were repaired by hand: ClickHouse is asked whether their events are stored.

Kafka alone cannot tell: whoever repairs a record appends it like any other. Where ClickHouse does not answer, letters
are told as waiting, and that it is not known.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from processors.dead_letters.chunks import chunks
from processors.dead_letters.identity import asked_of
from processors.dead_letters.stored import State, StoredDeadLetter
from projections.clickhouse import connect
from projections.faults import explain_clickhouse
from projections.stored_events import Asked, Identity, stored_events
from schemas.settings import Settings

#: Letters, and bytes of their values, that are held to be asked about at once.
_TOGETHER = 20_000
_TOGETHER_BYTES = 32 * 2**20
_CONNECT_SECONDS = 2
_ANSWER_SECONDS = 30.0


class Repairs:
    """Asks ClickHouse; once it has not answered, it is not asked again.

    Attributes:
        unknown: why it is not known which letters were repaired; None where it is, or where nobody had to ask.
    """

    def __init__(self, settings: Settings, seconds: float = _ANSWER_SECONDS) -> None:
        """Arguments: where ClickHouse is, and how long an answer may take."""
        self._seconds = seconds
        self._settings = settings
        self._client: Client | None = None
        self.unknown: str | None = None

    async def told(self, letters: AsyncIterator[StoredDeadLetter]) -> AsyncIterator[StoredDeadLetter]:
        """The same letters in the same order, with what is known of their repairs."""
        async for chunk in chunks(letters, _TOGETHER, _TOGETHER_BYTES):
            for item in await self.looked_up(chunk):
                yield item

    async def looked_up(self, letters: list[StoredDeadLetter]) -> list[StoredDeadLetter]:
        """The letters with what is known of their repairs. Nobody asks about one that has a mark."""
        asked = [asked_of(letter) if letter.state is State.WAITING else None for letter in letters]
        found = await self.stored([item for item in asked if item])
        return [
            letter
            if letter.state is not State.WAITING
            else replace(letter, repaired=None if item is None or found is None else item.identity in found)
            for letter, item in zip(letters, asked, strict=True)
        ]

    async def stored(self, asked: list[Asked]) -> set[Identity] | None:
        """Which of these events are stored; None where that is not known."""
        if not asked or self.unknown:
            return None if self.unknown else set()
        try:
            return await asyncio.to_thread(self._ask, asked)
        except ClickHouseError as error:
            self.unknown = explain_clickhouse(error)
            return None

    def _ask(self, asked: list[Asked]) -> set[Identity]:
        if self._client is None:
            self._client = connect(self._settings, connect_timeout=_CONNECT_SECONDS, send_receive_timeout=self._seconds)
        return stored_events(self._client, asked)

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
