"""Start: from the start of a worker's process to its first rows, also after a kill in the middle of its work.

The first start is measured by the throughput runs. After a kill the group still waits for the dead worker's heartbeat
(the session of 6 s that the embedded broker is given), so a restart takes longer than a start.
"""

import time
from statistics import median

from bench.figures import Figure
from bench.ground import Ground
from bench.outcome import Line, Outcome, at_most
from bench.plan import Load, Plan
from bench.up import READY_LIMIT_SECONDS, VISIBLE_LIMIT_SECONDS, Start
from bench.worker import until_quiet, until_stored, worker

FIRST_ROW_LIMIT_SECONDS = 6.0


async def measure_restarts(ground: Ground, plan: Plan) -> list[float]:
    """Kill workers at their first rows; the seconds from each new start to more rows.

    Raises:
        BenchError: one of them stores nothing.
    """
    return [await _restart(ground, f"restart_{number}", plan.patience_seconds) for number in range(plan.restarts)]


async def _restart(ground: Ground, run: str, patience: float) -> float:
    async with ground.database(Load.LARGE, run) as client:
        async with worker(ground, Load.LARGE, run) as first:
            await until_stored(ground, client, first, 1, patience)
            first.kill()
        begun = time.monotonic()
        async with worker(ground, Load.LARGE, run) as second:
            rows = await until_quiet(client)
            return await until_stored(ground, client, second, rows + 1, patience) - begun


def start_outcome(start: Start, first_row: Figure, restarts: list[float]) -> Outcome:
    """All that was measured of starting."""
    slowest = max(start.visible_seconds)
    figures = {
        "ready_s": round(start.ready_seconds, 2),
        "visible_s": round(slowest, 3),
        "first_row_s": round(first_row.median, 2),
        "first_row_spread_s": [round(first_row.low, 2), round(first_row.high, 2)],
        "restart_first_row_s": round(median(restarts), 2),
    }
    lines = [
        at_most("jejak up → ready, s", start.ready_seconds, READY_LIMIT_SECONDS, f"{start.ready_seconds:.1f}"),
        at_most("idle: append → journey, slowest, s", slowest, VISIBLE_LIMIT_SECONDS, f"{slowest:.2f}"),
        at_most("worker → first row, s", first_row.median, FIRST_ROW_LIMIT_SECONDS, f"{first_row.median:.1f}"),
        Line("worker after a kill → first row, s", f"{median(restarts):.1f}"),
    ]
    raw = {"ready": start.ready_seconds, "visible": start.visible_seconds, "restarts": restarts}
    return Outcome("start", "Start", lines, figures, raw)
