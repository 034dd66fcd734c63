"""Memory: a worker's resident set while it works off a long backlog, and after.

The kernel keeps the peak itself (`VmHWM`), so no moment is missed. Whether it is flat is seen by comparing the second
quarter of the time with the last: what grows with the backlog would grow between them.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.ground import Ground
from bench.load import append_again
from bench.outcome import Line, Outcome, at_most
from bench.plan import Load, Plan
from bench.worker import until_stored, worker

LIMIT_MB = 300.0
_LOOK_SECONDS = 0.25
_REST_SECONDS = 3.0


@dataclass(frozen=True)
class _Memory:
    now_mb: float
    peak_mb: float


def _memory(pid: int) -> _Memory:
    """Resident set of a process now and at its peak; 0 where /proc does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return _Memory(0, 0)
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    now, peak = (int(fields.get(name, "0 kB").split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return _Memory(now, peak)


async def measure_memory(ground: Ground, plan: Plan, events: int) -> Outcome:
    """Watch a worker. The large backlog is appended to itself where it has fewer events than the plan wants.

    Arguments:
        ground: where.
        plan: how many events.
        events: in the large backlog.
    """
    rows = max(events, min(plan.memory_events, 2 * events))
    if rows > events:
        await append_again(ground.settings(Load.LARGE, "bench"), rows - events)
    run = "memory_1"
    samples: list[float] = []
    async with ground.database(Load.LARGE, run) as client, worker(ground, Load.LARGE, run) as process:
        stored = asyncio.ensure_future(until_stored(ground, client, process, rows, plan.patience_seconds, 0.25))
        while not stored.done():
            samples.append(_memory(process.pid).now_mb)
            await asyncio.wait([stored], timeout=_LOOK_SECONDS)
        await stored
        peak = _memory(process.pid).peak_mb
        await asyncio.sleep(_REST_SECONDS)
        after = _memory(process.pid).now_mb
    return _outcome(rows, samples, peak, after)


def _outcome(rows: int, samples: list[float], peak: float, after: float) -> Outcome:
    quarter = max(1, len(samples) // 4)
    early, late = median(samples[quarter : 2 * quarter] or samples), median(samples[-quarter:])
    figures: dict[str, Any] = {
        "worker_rss_mb": round(peak),
        "after_mb": round(after),
        "second_quarter_mb": round(early),
        "last_quarter_mb": round(late),
        "events": rows,
    }
    lines = [
        at_most(f"peak under a backlog of {rows:,}, MB", peak, LIMIT_MB, f"{peak:.0f}"),
        Line("second and last quarter of the time, MB", f"{early:.0f}, {late:.0f}"),
        Line("after, MB", f"{after:.0f}"),
    ]
    return Outcome("memory", "Memory: resident set of a worker", lines, figures, samples)
