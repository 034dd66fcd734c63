"""The metric of the dead letters that wait: one worker of the group counts them.

It is the one that holds the first partition of the first topic, because the group makes sure that there is always one
and never two. Looking is a courtesy beside the real work: whatever goes wrong with it, the worker says nothing and
works on, and while it is not known how many wait, for want of a right or of ClickHouse, the metric is not there.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import structlog

from processors.dead_letters.reading import DeadLetterTopic
from processors.dead_letters.repairs import Repairs
from processors.dead_letters.summary import Summary, Waiting
from processors.kafka.faults import AUTHORISATION
from processors.telemetry.metrics import Metrics
from processors.telemetry.repeated import Repeated
from processors.tuning import Tuning
from projections.stored_events import Identity
from schemas.constants import TOPICS
from schemas.settings import Settings

log = structlog.get_logger()

_TICK_SECONDS = 1.0
#: The label of all topics that are not Jejak's: a dead letter's author could name any number of them.
_OTHER_TOPICS = "other"
#: Of the time, this much at most is spent on asking ClickHouse for repairs.
_SHARE = 0.01


class _UnknownError(Exception):
    """ClickHouse does not say which letters were repaired."""


class DeadLetterWatch:
    """Looks again and again, while it is this worker's turn."""

    def __init__(self, settings: Settings, tuning: Tuning, metrics: Metrics, is_mine: Callable[[], bool]) -> None:
        """Arguments: besides what they are called, whether it is this worker that looks."""
        self._settings = settings
        self._tuning = tuning
        self._metrics = metrics
        self._is_mine = is_mine
        self._topics = [settings.topic(name) for name in TOPICS]
        self._failing = Repeated()
        self._forget()

    def _forget(self) -> None:
        self._summary = Summary(self._tuning.dead_letters_read)
        self._stored: set[Identity] = set()
        self._ask_after = 0.0
        self._say_nothing()

    def _say_nothing(self) -> None:
        self._metrics.dead_letters_waiting.clear()
        self._metrics.dead_letters_unread.set(0)

    async def run(self) -> None:
        """Look until cancelled."""
        looked = False
        while True:
            if self._is_mine():
                await self._look()
                looked = True
                await asyncio.sleep(self._tuning.dead_letters_seconds)
            else:
                if looked:
                    self._forget()
                looked = False
                await asyncio.sleep(_TICK_SECONDS)

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(self._tuning.dead_letters_timeout_seconds):
                async with DeadLetterTopic(self._settings) as topic:
                    waiting = await self._summary.look(topic, self._tuning.dead_letters_timeout_seconds)
                self._tell(await self._without_repaired(waiting))
        except _UnknownError as error:
            log.debug("dead letters that wait cannot be distinguished from repaired ones", error=str(error))
            self._say_nothing()
        except AUTHORISATION as error:
            log.debug("no right to count the dead letters that wait", error=repr(error))
            self._forget()
        except Exception as error:  # whatever it is, it is no reason to stop the work
            if self._failing.due(repr(error)):
                log.warning("dead letters that wait cannot be counted; the metric is absent", error=repr(error))
            self._forget()

    async def _without_repaired(self, waiting: Waiting) -> Waiting:
        """Ask ClickHouse, at intervals that it can afford; what was stored once stays stored."""
        self._stored &= {item.identity for item in waiting.asked}
        waiting = waiting.without(self._stored)
        if not waiting.asked or time.monotonic() < self._ask_after:
            return waiting
        begun = time.monotonic()
        repairs = Repairs(self._settings, self._tuning.dead_letters_timeout_seconds)
        try:
            stored = await repairs.stored(waiting.asked)
        finally:
            repairs.close()
        if stored is None:
            raise _UnknownError(repairs.unknown)
        self._stored |= stored
        self._ask_after = time.monotonic() + (time.monotonic() - begun) / _SHARE
        return waiting.without(stored)

    def _tell(self, waiting: Waiting) -> None:
        if not self._is_mine():
            return
        counts = Counter(item.topic if item.topic in self._topics else _OTHER_TOPICS for item in waiting.letters)
        for name in (*self._topics, _OTHER_TOPICS):
            self._metrics.dead_letters_waiting.labels(name).set(counts[name])
        self._metrics.dead_letters_unread.set(waiting.unread)
