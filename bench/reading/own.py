"""The page of leads as `jejak leads` gets it: by its own queries instead of the view."""

import time
from typing import Any

from clickhouse_connect.driver.client import Client

from bench.reading.keys import Keys
from bench.reading.measure import Timing, repeated
from projections.readers.leads import newest_leads

_PAGE = 50


def own_leads(client: Client, keys: Keys, runs: int) -> Timing:
    """The medians of some pages."""

    def ask(turn: dict[str, Any]) -> tuple[float, float, int]:
        begun = time.perf_counter()
        page = newest_leads(client, turn["workspace_id"], limit=_PAGE)
        elapsed = (time.perf_counter() - begun) * 1e3
        return elapsed, elapsed, len(page.rows)

    return repeated(ask, keys, runs)
