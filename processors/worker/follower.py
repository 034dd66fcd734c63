"""The follower: looks in the background for merges that were not followed to their end.

`projections/unfollowed.py` says how there can be any.
At the start of a worker, and then now and again: at a million merges a look costs ClickHouse some seconds of one core.
Where there was one there are others soon, as beside an older version's workers in an upgrade: the next look is near.
On a cluster it is what makes replicas agree in the end, so it runs more often there.
"""

import asyncio
import random
from collections.abc import Callable

import structlog
from clickhouse_connect.driver.client import Client

from processors.telemetry.repeated import Repeated
from projections.faults import explain_clickhouse
from projections.unfollowed import follow_all

#: Until ClickHouse is looked at again, while it is not ready.
_AGAIN_SECONDS = 1.0
#: Until the next look, where one has found some.
_FOUND_SECONDS = 60.0

log = structlog.get_logger()


class Follower:
    """Looks for merges without a root again and again, and follows them."""

    def __init__(self, connect: Callable[[], Client], seconds: float, is_ready: Callable[[], bool]) -> None:
        """Nothing is done before `run`.

        Arguments:
            connect: opens a client.
            seconds: between two looks.
            is_ready: whether ClickHouse is there with all its tables.
        """
        self._connect = connect
        self._seconds = seconds
        self._is_ready = is_ready
        self._failing = Repeated()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            if not self._is_ready():
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            seconds = self._seconds
            try:
                count = await asyncio.to_thread(self._look)
            except Exception as error:  # the next look is the remedy
                told = explain_clickhouse(error)
                if self._failing.due(told):
                    log.warning("could not look for merges without a root", error=told)
            else:
                if count:
                    seconds = min(seconds, _FOUND_SECONDS)
                    log.info("merges without a root followed", merges=count)
            # Workers that were started together need not look together.
            await asyncio.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - jitter

    def _look(self) -> int:
        with self._connect() as client:
            return follow_all(client)
