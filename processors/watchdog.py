"""The watchdog: notices a batch that does not get done, and an event loop that does not get on.

Faust's own livelock detector only logs that a stream is slow. A batch that is stuck while ClickHouse takes rows can
only be a fault in here, so the stacks are logged and the process ends: what is not committed comes again.
"""

import asyncio
import faulthandler
import sys
import time

import structlog

from processors.app import JejakApp
from processors.health import HealthServer

log = structlog.get_logger()

_TICK_SECONDS = 1.0


class StuckError(Exception):
    """A batch did not get done though ClickHouse takes rows."""


async def watch(app: JejakApp, health: HealthServer) -> None:
    """Look once a second until cancelled.

    Raises:
        StuckError: a batch has been in flight for longer than `stuck_seconds` while no INSERT is failing.
    """
    reported = False
    while True:
        due = time.monotonic() + _TICK_SECONDS
        await asyncio.sleep(_TICK_SECONDS)
        app.metrics.loop_delay.set(max(0.0, time.monotonic() - due))
        age = health.oldest_batch_seconds()
        if age <= app.tuning.stuck_seconds:
            reported = False
            continue
        if not reported:
            log.error("a batch is stuck", age_s=round(age), insert_error=app.store.last_error)
            faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
            reported = True
        if app.store.last_error is None and not app.store.busy:
            raise StuckError(f"a batch has been in flight for {age:.0f} s")
