"""The watchdog: notices a stuck batch, a blocked event loop, and whatever makes the worker not ready.

Faust's own livelock detector only logs that a stream is slow. A batch that is stuck while ClickHouse takes rows can
only be a fault in here, so the stacks are logged and the process ends: what is not committed comes again.
"""

import asyncio
import math
import re
import time
from collections import deque

import structlog

from processors.stream.batch import Batch
from processors.telemetry.repeated import Repeated
from processors.telemetry.stacks import all_stacks
from processors.worker.app import JejakApp
from processors.worker.health import NOT_JOINED, HealthServer

log = structlog.get_logger()

_TICK_SECONDS = 1.0
#: How many looks the event loop's worst delay is taken from.
_TICKS_REMEMBERED = 60


class StuckError(Exception):
    """A batch did not get done though ClickHouse takes rows."""


class Watchdog:
    """Looks once a second."""

    def __init__(self, app: JejakApp, health: HealthServer) -> None:
        self._app = app
        self._health = health
        self._delays: deque[float] = deque([0.0], maxlen=_TICKS_REMEMBERED)
        self._unready = Repeated()
        self._reported: Batch | None = None
        self._reported_at = -math.inf

    async def run(self) -> None:
        """Look until cancelled.

        Raises:
            aiokafka.errors.KafkaError: the client has given up joining the group.
            StuckError: a batch has been in flight for longer than `stuck_seconds` while no INSERT is failing, and no
                dead letters are on their way one by one.
        """
        while True:
            due = time.monotonic() + _TICK_SECONDS
            await asyncio.sleep(_TICK_SECONDS)
            self._delays.append(max(0.0, time.monotonic() - due))
            self._app.metrics.loop_delay.set(max(self._delays))
            self._app.batches.notice_refusal()
            self._look_at_readiness()
            self._look_at_batches()

    def _look_at_readiness(self) -> None:
        """Say that the worker has become unready and why, and that it is ready again."""
        problems = self._health.problems()
        if not problems:
            if self._unready.over():
                log.info("ready")
        # Seconds that pass are no news.
        elif self._unready.due(re.sub(r"\d+ s\b", "", " ".join(problems))):
            (log.info if problems == [NOT_JOINED] else log.warning)("not ready", problems=problems)

    def _look_at_batches(self) -> None:
        waiting = self._app.batches.lanes.waiting()
        oldest = min(waiting, key=lambda batch: batch.fetched_at, default=None)
        age = 0.0 if oldest is None else time.monotonic() - oldest.fetched_at
        limit = self._app.tuning.stuck_seconds
        if oldest is None or age <= limit:
            return
        # Behind one that was stuck others have waited as long; they are the same story.
        if oldest is not self._reported and time.monotonic() - self._reported_at > limit:
            self._report(oldest, age)
        store = self._app.store
        if store.last_error is None and not store.busy and not self._letters_move():
            raise StuckError(f"a batch has been in flight for {age:.0f} s while ClickHouse takes rows")

    def _letters_move(self) -> bool:
        """Whether batches wait for dead letters that the broker is taking. Many thousands of them take their time."""
        moved_at = self._app.dead_letters.moved_at
        return moved_at is not None and time.monotonic() - moved_at <= self._app.tuning.stuck_seconds

    def _report(self, batch: Batch, age: float) -> None:
        self._reported, self._reported_at = batch, time.monotonic()
        log.error(
            "a batch is stuck",
            topic=batch.partition.topic,
            partition=batch.partition.partition,
            offset=batch.first_offset,
            age_s=round(age),
            insert_error=self._app.store.last_error,
            stacks=all_stacks(),
        )
