"""Profile: where the CPU time of an event goes, in the worker by what it does and in ClickHouse by materialized view.

The worker is sampled from outside by py-spy, only where it computes; a sample belongs to the first of the groups
below that one of its frames, from the innermost outwards, matches. What uvloop does in C cannot be told from its
waiting and is left out. The shares are turned into microseconds by the CPU
time that Jejak's worker needed per event in the throughput runs, which were not sampled.

ClickHouse is given the same block again and again: with no materialized view, with each of them alone, with all.
"""

import asyncio
import re
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from clickhouse_connect.driver.client import Client

from bench.errors import BenchError
from bench.ground import Ground
from bench.outcome import Line, Outcome
from bench.plan import Load, Plan
from bench.processes import child, cpu_seconds, ended
from bench.worker import until_stored, worker
from deploy.local.child import Child
from processors.stream.row import COLUMNS, FORMAT, lines_of
from producers.simulator import Scenario, simulate
from projections.statements import Statement, statements
from schemas.validation import validate

#: What the worker does → how frames (`function (file:line)`) of it look. The order decides.
_GROUPS = {
    "validate": r"\((?:\S*/)?schemas/|msgspec|pydantic",
    "make rows": r"\((?:\S*/)?processors/stream/row\.py",
    "pack": r"\((?:\S*/)?processors/stream/packing\.py",
    "insert": r"clickhouse_connect|urllib3|\((?:\S*/)?processors/stream/store\.py|\((?:\S*/)?projections/",
    "fetch": r"aiokafka|\((?:\S*/)?processors/stream/(?:transport|batch|lane)\.py|confluent",
    "batches": (
        r"\((?:\S*/)?processors/(?:stream/(?:projector|group_commit)|dead_letters/dead_letter|telemetry/metrics)\.py"
    ),
    "Faust and event loop": r"faust|mode/|asyncio|uvloop|concurrent/futures|selectors|threading",
}
_REST = "rest"
#: Innermost frames that wait; py-spy cannot tell everywhere that a thread does not run.
_WAITS = re.compile(
    r"^(?:_worker \(concurrent|readinto \(socket|SocketIO\.readinto|select \(|\w*\.?wait \(threading"
    r"|\w*\.?_start_thread \(mode|\w*\.?execute_from_commandline \()"
)
_SAMPLES_A_SECOND = 100
_ROUNDS = 3
_LOOK_SECONDS = 0.02


async def measure_profile(ground: Ground, plan: Plan, events: int, worker_us: float) -> Outcome:
    """Sample a worker, then time the materialized views.

    Arguments:
        ground: where.
        plan: the size of the views' block.
        events: in the large backlog.
        worker_us: CPU microseconds per event of an unsampled worker.
    """
    shares = await _worker_shares(ground, plan, events)
    views, all_views, bare = await _view_costs(ground, plan)
    lines = [Line(f"worker: {name}", f"{share * worker_us:.2f} µs ({share:.0%})") for name, share in shares.items()]
    lines += [Line("ClickHouse: events alone", f"{bare:.2f} µs")]
    lines += [Line(f"ClickHouse: {name}", f"+ {cost:.2f} µs") for name, cost in views.items()]
    lines += [Line("ClickHouse: with all views", f"{all_views:.2f} µs")]
    figures = {
        "worker_us": {name: round(share * worker_us, 3) for name, share in shares.items()},
        "worker_shares": {name: round(share, 4) for name, share in shares.items()},
        "clickhouse_us": {
            "events": round(bare, 3),
            **{name: round(cost, 3) for name, cost in views.items()},
            "all": round(all_views, 3),
        },
    }
    return Outcome("profile", "Profile: CPU time per event", lines, figures)


async def _worker_shares(ground: Ground, plan: Plan, events: int) -> dict[str, float]:
    """The share of each group in the worker's samples, the greatest first."""
    sampler = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if sampler is None:
        raise BenchError("py-spy is missing; install the extra: pip install -e '.[bench]'")
    run, samples = "profile_1", ground.folder / "samples.txt"
    async with ground.database(Load.LARGE, run) as client, worker(ground, Load.LARGE, run) as process:
        command = [sampler, "record", "--pid", str(process.pid), "--format", "raw"]
        command += ["--rate", str(_SAMPLES_A_SECOND), "--output", str(samples)]
        await _until_assigned(ground, process, plan.patience_seconds)
        async with child("py-spy", command, {}, ground.folder, patience=20) as spy:
            await until_stored(ground, client, process, events, plan.patience_seconds)
            spy.signal(signal.SIGINT)
            await spy.ended()
    counted = _count(samples.read_text() if samples.exists() else "")
    total = counted.total()
    if not total:
        raise BenchError("py-spy took no samples; see its log")
    return {name: count / total for name, count in counted.most_common()}


async def _until_assigned(ground: Ground, process: Child, patience: float) -> None:
    """Wait until the worker logs that it has partitions: what it does before is not the work."""
    log, deadline = ground.folder / f"{process.name}.log", time.monotonic() + patience
    while "partitions assigned" not in log.read_text(errors="replace"):
        if not process.alive:
            raise ended(process, ground.folder)
        if time.monotonic() > deadline:
            raise BenchError(f"{process.name} was assigned no partitions in time")
        await asyncio.sleep(_LOOK_SECONDS)


def _count(stacks: str) -> Counter[str]:
    """Samples by group, from py-spy's lines: frames from the outermost on, divided by semicolons, and a number."""
    counted: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, samples = line.rpartition(" ")
        frames = stack.split(";")
        if not _WAITS.match(frames[-1]):
            counted[_group(frames)] += int(samples)
    return counted


def _group(frames: list[str]) -> str:
    for frame in reversed(frames):
        for name, pattern in _GROUPS.items():
            if re.search(pattern, frame):
                return name
    return _REST


async def _view_costs(ground: Ground, plan: Plan) -> tuple[dict[str, float], float, float]:
    """CPU microseconds per row: of each view beyond the bare INSERT, with all of them, and with none."""
    rows, lines = await asyncio.to_thread(_block, plan.profile_rows)
    views = [
        item for item in statements() if item.kind == "MATERIALIZED VIEW" and re.search(r"FROM events\b", item.sql)
    ]
    costs: dict[str, list[float]] = {}
    async with ground.database(Load.FRESH, "profile_views") as client:

        def measure(name: str, wanted: list[Statement]) -> None:
            _show(client, views, wanted)
            costs.setdefault(name, []).append(_insert(ground, client, lines) / rows * 1e6)

        await asyncio.to_thread(measure, "warm-up", views)
        for _ in range(1 if plan.quick else _ROUNDS):
            await asyncio.to_thread(measure, "", [])
            for view in views:
                await asyncio.to_thread(measure, view.name, [view])
            await asyncio.to_thread(measure, "all", views)
    bare = median(costs[""])
    beyond = {view.name: median(costs[view.name]) - bare for view in views}
    return dict(sorted(beyond.items(), key=lambda item: -item[1])), median(costs["all"]), bare


def _block(number: int) -> tuple[int, bytes]:
    """A block of simulated rows."""

    def values() -> Iterator[Any]:
        for place, record in enumerate(simulate(Scenario(contacts=max(100, number // 30), seed=13))):
            if place == number:
                return
            yield validate(record.value)

    lines = lines_of(values())
    return lines.count(b"\n"), lines


def _show(client: Client, views: list[Statement], wanted: list[Statement]) -> None:
    """Have those materialized views and no other."""
    for view in views:
        client.command(f"DROP TABLE IF EXISTS {view.name} SYNC")
    for view in wanted:
        client.command(view.sql)


def _insert(ground: Ground, client: Client, lines: bytes) -> float:
    """One INSERT; the CPU seconds of ClickHouse, or the seconds it took where the system does not tell them."""
    pid = ground.clickhouse.pid
    cpu, begun = cpu_seconds(pid), time.monotonic()
    client.raw_insert("events", COLUMNS, lines, fmt=FORMAT)
    return (cpu_seconds(pid) - cpu) or (time.monotonic() - begun)
