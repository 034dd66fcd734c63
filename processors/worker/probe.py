"""The probe: does ClickHouse answer, and does everything exist that Jejak's rows go to?

The store notices by itself whether rows are accepted and reach everything, but only while there are rows, and it does
not need the views that readers need. So ClickHouse is asked every few seconds, in the background, and `/readyz` returns
the last answer at once.
"""

import asyncio
from collections.abc import Callable

from clickhouse_connect.driver.client import Client

from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning
from projections.cluster import Cluster
from projections.door import SHUT, Door
from projections.faults import explain_clickhouse
from projections.reach import OutOfReachError, Reach
from projections.state import advice, missing_from, object_names


class ClickHouseProbe:
    """Asks ClickHouse again and again.

    Attributes:
        problem: why ClickHouse cannot take what belongs into it; None when it can.
    """

    def __init__(
        self, connect: Callable[[], Client], tuning: Tuning, metrics: Metrics, cluster: Cluster | None = None
    ) -> None:
        self._connect = connect
        self._cluster = cluster
        self._reach = Reach(cluster)
        self._tuning = tuning
        self._metrics = metrics
        self._client: Client | None = None
        self.problem: str | None = "ClickHouse has not answered yet"

    async def run(self) -> None:
        """Ask until cancelled: every few seconds while ClickHouse is fine, more often otherwise."""
        while True:
            self.problem = problem = await asyncio.to_thread(self._ask)
            self._metrics.clickhouse_up.set(problem is None)
            await asyncio.sleep(self._tuning.probe_seconds if problem is None else self._tuning.probe_again_seconds)

    def _ask(self) -> str | None:
        try:
            if self._client is None:
                self._client = self._connect()
            return self._lacks(self._client)
        except OutOfReachError as missing:
            return str(missing)
        except Exception as error:  # whatever it is, ClickHouse has not answered
            self._client = None
            return explain_clickhouse(error)

    def _lacks(self, client: Client) -> str | None:
        """What keeps rows out, or readers from their views."""
        missing = missing_from(object_names(client))
        if Door(client, self._cluster).is_shut():
            return SHUT
        if missing:
            return advice(missing)
        if self._cluster:
            # Of the other servers too.
            self._reach.look(client)
        return None
