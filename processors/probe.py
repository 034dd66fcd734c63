"""The probe: does ClickHouse answer, and is everything there that Jejak's rows go to?

The store finds out by itself whether rows are taken, but only while there are rows, and a materialized view that is
gone is no error to it: the rows are in `events`, and a read model goes without. So it is asked every few seconds,
in the background, and whoever asks for `/readyz` gets the last answer at once.
"""

import asyncio
from collections.abc import Callable

from clickhouse_connect.driver.client import Client

from processors.metrics import Metrics
from processors.tuning import Tuning
from projections.faults import explain_clickhouse
from projections.state import missing_from, object_names


class ClickHouseProbe:
    """Asks ClickHouse again and again.

    Attributes:
        problem: why ClickHouse cannot take what belongs into it; None when it can.
    """

    def __init__(self, connect: Callable[[], Client], tuning: Tuning, metrics: Metrics) -> None:
        self._connect = connect
        self._tuning = tuning
        self._metrics = metrics
        self._client: Client | None = None
        self.problem: str | None = "ClickHouse has not answered yet"

    async def run(self) -> None:
        """Ask until cancelled: every few seconds while all is well, oftener until it is."""
        while True:
            self.problem = problem = await asyncio.to_thread(self._ask)
            self._metrics.clickhouse_up.set(problem is None)
            await asyncio.sleep(self._tuning.probe_seconds if problem is None else self._tuning.probe_again_seconds)

    def _ask(self) -> str | None:
        try:
            if self._client is None:
                self._client = self._connect()
            names = object_names(self._client)
        except Exception as error:  # whatever it is, ClickHouse has not answered
            self._client = None
            return explain_clickhouse(error)
        missing = missing_from(names)
        if not missing:
            return None
        told = ", ".join(f"{item.kind.lower()} {item.name}" for item in missing)
        folded = any(item.kind != "VIEW" for item in missing)
        return f"missing in ClickHouse: {told}; run `jejak migrate`{', then `jejak rebuild`' if folded else ''}"
