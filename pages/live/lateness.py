"""How late the answers are: how long the oldest record waits that the workers have not stored."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from aiokafka.errors import KafkaError

from pages.live.news import Item, News
from processors.kafka.lag import lags
from schemas.settings import Settings

_EVERY_SECONDS = 5.0
#: Below that nobody notices: a block waits for half a second, a view for a second.
_LATE_SECONDS = 10.0


class Lateness:
    """Looks every few seconds, for as long as somebody listens.

    Attributes:
        seconds: how late the answers are; 0 for on time, None while Kafka cannot be asked.
    """

    def __init__(self, settings: Settings, news: News) -> None:
        """Nothing was asked yet."""
        self._settings = settings
        self._news = news
        self.seconds: int | None = 0

    async def run(self) -> None:
        """Look until cancelled, and tell when it begins, grows and ends."""
        await repeat(self._look, _EVERY_SECONDS)

    async def _look(self) -> None:
        if not self._news.listeners:
            return
        before = self.seconds
        try:
            found = await lags(self._settings)
        except (KafkaError, OSError):
            self.seconds = None
        else:
            oldest = min((item.oldest_ms for item in found if item.lag and item.oldest_ms is not None), default=None)
            waited = time.time() - oldest / 1000 if oldest is not None else 0.0
            self.seconds = int(waited) if waited > _LATE_SECONDS else 0
        if self.seconds != before:
            self._news.tell_all(Item("late", {"seconds": self.seconds}))


async def repeat(step: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Do something again and again, until cancelled."""
    while True:
        await step()
        await asyncio.sleep(seconds)
