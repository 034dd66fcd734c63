"""Freshness: from an event's append to its row in the view `journey`, under even loads.

A producer of its own (`bench.pacer`) appends at a tenth, half and four fifths of the throughput of this very run, and
25 probes a second among the events. One query for the latest probes is asked over and over; a probe's id is the moment
of its append. Producer, broker, worker, ClickHouse and the asker share the machine's cores, so 80% of what
a backlog is worked off with may be more than the machine can take then: the table shows the rate that was reached.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any

from clickhouse_connect.driver.client import Client

from bench.errors import BenchError
from bench.ground import Ground
from bench.outcome import Line, Outcome, at_most
from bench.pacer import PROBES_WORKSPACE
from bench.plan import Load, Plan
from bench.processes import child, ended
from bench.worker import worker
from deploy.local.child import Child

#: Percent of the throughput.
LOADS = (10, 50, 80)
#: Percent of the throughput → the greatest 99th percentile asked for, in milliseconds.
_LIMITS_MS = {10: 1000.0, 50: 1500.0}
#: Asking costs ClickHouse some tens of milliseconds of a core that the load needs too.
_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 30.0
_SEEN = "SELECT event_id FROM journey WHERE workspace_id = {workspace:String} AND occurred_at >= {since:DateTime64(3)}"
#: What a probe may have been away for and is still asked for.
_BACK_SECONDS = 15.0


@dataclass(frozen=True)
class Freshness:
    """What one load showed.

    Attributes:
        percent: of the throughput.
        asked, reached: events a second.
        milliseconds: of each probe.
    """

    percent: int
    asked: float
    reached: float
    milliseconds: list[float]

    def percentile(self, percent: int) -> float:
        """So many percent of the probes were at least this fast."""
        return quantiles(self.milliseconds, n=100, method="inclusive")[percent - 1]


async def measure_freshness(ground: Ground, plan: Plan, throughput: float) -> Outcome:
    """Load a worker with the three rates, one after the other.

    Raises:
        BenchError: the producer failed, or probes did not arrive.
    """
    run = "freshness_1"
    found = []
    async with ground.database(Load.FRESH, run) as client, worker(ground, Load.FRESH, run) as process:
        seen: set[int] = set()
        # The worker's join is not measured.
        await _load(ground, client, process, seen, 0, 100, 1)
        for percent in LOADS:
            rate = max(100.0, throughput * percent / 100)
            found.append(await _load(ground, client, process, seen, percent, rate, plan.fresh_seconds))
    return _outcome(found)


async def _load(
    ground: Ground, client: Client, process: Child, seen: set[int], percent: int, rate: float, seconds: float
) -> Freshness:
    command = [sys.executable, "-m", "bench.pacer", "--rate", str(rate), "--seconds", str(seconds)]
    environment = ground.environment(Load.FRESH, "pacer")
    waited: list[float] = []
    async with child(f"pacer_{percent}", command, environment, ground.folder, read_stdout=True) as pacer:
        told = asyncio.ensure_future(_report(pacer, ground))
        deadline = time.monotonic() + seconds + _PATIENCE_SECONDS
        while not told.done() or len(waited) < told.result()["probes"]:
            waited += await asyncio.to_thread(_look, client, seen)
            if not process.alive:
                raise ended(process, ground.folder)
            if time.monotonic() > deadline:
                told.cancel()
                raise BenchError(f"at {percent}% of the throughput probes were not in journey in time")
            await asyncio.sleep(_LOOK_SECONDS)
        report = told.result()
    return Freshness(percent, rate, report["appended"] / report["seconds"], waited)


async def _report(pacer: Child, ground: Ground) -> dict[str, Any]:
    """What the producer says when it is through."""
    said = await asyncio.to_thread(pacer.rest)
    if await pacer.ended() or not said:
        raise ended(pacer, ground.folder)
    report: dict[str, Any] = json.loads(said)
    return report


def _look(client: Client, seen: set[int]) -> list[float]:
    """The milliseconds of probes that were not seen before."""
    since = datetime.now(UTC) - timedelta(seconds=_BACK_SECONDS)
    parameters = {"workspace": PROBES_WORKSPACE, "since": since}
    ids = {int(event_id) for (event_id,) in client.query(_SEEN, parameters=parameters).result_rows}
    now = time.time_ns()
    new = ids - seen
    seen |= new
    return [(now - appended) / 1e6 for appended in new]


def _outcome(found: Sequence[Freshness]) -> Outcome:
    figures: dict[str, Any] = {
        f"p{percent}_ms": {str(item.percent): round(item.percentile(percent)) for item in found} for percent in (50, 99)
    }
    figures["max_ms"] = {str(item.percent): round(max(item.milliseconds)) for item in found}
    figures["events_per_second"] = {str(item.percent): round(item.reached) for item in found}
    figures["asked_events_per_second"] = {str(item.percent): round(item.asked) for item in found}
    lines = []
    for item in found:
        p50, p99, slowest = item.percentile(50), item.percentile(99), max(item.milliseconds)
        what = f"{item.percent}%, {item.reached:,.0f} of {item.asked:,.0f} events/s reached: p50, p99, max in ms"
        shown = f"{p50:,.0f}, {p99:,.0f}, {slowest:,.0f}"
        limit = _LIMITS_MS.get(item.percent)
        lines.append(at_most(what, p99, limit, shown) if limit else Line(what, shown))
    return Outcome("freshness", "Freshness: append → journey", lines, figures, [asdict(item) for item in found])
