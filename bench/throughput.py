"""Throughput: a backlog waits in the broker until all of it is in `events` and in the tables behind its views.

The rate is taken between two moments at which ClickHouse was looked at from outside: the first at which it held any
rows, and the first at which it held all of them and ran no INSERT any more (the materialized views are written by the
INSERT itself). Rows that were there at the first moment do not count. So a contestant's start, its join and its
first fetch do not distort the rate, and a block that was large enough to hold much of the backlog is no advantage.
The time from the start of the process to the first rows is reported beside it. Where a contestant stored all at once
(a tiny backlog, a large block), the time since its start is taken instead, which understates it.

Contestants take turns, in another order each round, so that what else the machine does hits all of them; ratios are
taken within a round.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client

from bench.errors import BenchError
from bench.ground import Ground
from bench.plan import Load
from bench.processes import child, cpu_seconds, ended
from bench.registry import Contestant
from deploy.local.child import Child

#: A look costs ClickHouse some milliseconds, so there are few of them while the end is far.
_SHORTEST_LOOK_SECONDS = 0.05
_LONGEST_LOOK_SECONDS = 0.5
_COUNT = "SELECT count() FROM events"
_INSERTS = "SELECT count() FROM system.processes WHERE query_kind = 'Insert'"
_DISTINCT = "SELECT count() FROM events FINAL"


@dataclass(frozen=True)
class Run:
    """One contestant's way through one backlog.

    Attributes:
        contestant: its name.
        round: from 1.
        events: in the backlog.
        events_per_second: see the module's text.
        measured_seconds, measured_events: what the rate is made of.
        first_row_seconds: from the start of its process to the first rows.
        worker_cpu_us, clickhouse_cpu_us, broker_cpu_us: CPU microseconds per event in the measured time.
    """

    contestant: str
    round: int
    events: int
    events_per_second: float
    measured_seconds: float
    measured_events: int
    first_row_seconds: float
    worker_cpu_us: float
    clickhouse_cpu_us: float
    broker_cpu_us: float

    @property
    def cpu_us(self) -> float:
        """All of them."""
        return self.worker_cpu_us + self.clickhouse_cpu_us + self.broker_cpu_us


@dataclass(frozen=True)
class _Look:
    """What was seen at one moment: rows stored and CPU seconds used by worker, ClickHouse and broker."""

    at: float
    rows: int
    cpu: tuple[float, float, float]


async def race(
    ground: Ground,
    contestants: Sequence[Contestant],
    counts: dict[Load, int],
    rounds: int,
    patience: float,
    told: Callable[[Run], None],
) -> list[Run]:
    """Run every contestant in every round.

    Arguments:
        ground: where.
        contestants: who.
        counts: the events of each backlog.
        rounds: how often.
        patience: seconds that one of them may take at most.
        told: called after each run.

    Raises:
        BenchError: a contestant ended, or did not store everything in time.
    """
    runs: list[Run] = []
    for number in range(rounds):
        shift = number % len(contestants)
        for contestant in [*contestants[shift:], *contestants[:shift]]:
            if contestant.once and number:
                continue
            run = await _run(ground, contestant, number + 1, counts[contestant.load], patience)
            told(run)
            runs.append(run)
    return runs


async def _run(ground: Ground, contestant: Contestant, number: int, events: int, patience: float) -> Run:
    name = f"{contestant.name}_{number}"
    environment = ground.environment(contestant.load, name) | contestant.sources
    async with ground.database(contestant.load, name, contestant.sources) as client:
        begun = time.monotonic()
        clickhouse, broker = reversed(ground.cpu())
        async with AsyncExitStack() as stack:
            processes = [
                await stack.enter_async_context(
                    child(f"{name}_{index}", contestant.command, environment, ground.folder)
                )
                for index in range(contestant.workers)
            ]
            first, last = await _watch(ground, client, processes, events, begun + patience)
        await _check(client, name, events)
    if last.rows == first.rows:
        # All at once: then its start is in the time, and its rate is less than it could be.
        first_row, first = first.at, _Look(begun, 0, (0.0, clickhouse, broker))
    else:
        first_row = first.at
    seconds, rows = last.at - first.at, last.rows - first.rows
    worker, clickhouse, broker = ((b - a) / rows * 1e6 for a, b in zip(first.cpu, last.cpu, strict=True))
    return Run(
        contestant.name, number, events, rows / seconds, seconds, rows, first_row - begun, worker, clickhouse, broker
    )


async def _watch(
    ground: Ground, client: Client, processes: Sequence[Child], events: int, deadline: float
) -> tuple[_Look, _Look]:
    """The first look that saw rows, and the first that saw all of them stored."""
    first: _Look | None = None
    while True:
        look = await _look(ground, client, processes)
        if first is None and look.rows:
            first = look
        if first and look.rows >= events and not await asyncio.to_thread(_number, client, _INSERTS):
            return first, _Look(time.monotonic(), look.rows, look.cpu)
        for process in processes:
            if not process.alive:
                raise ended(process, ground.folder)
        if look.at > deadline:
            raise BenchError(f"{processes[0].name} stored {look.rows} of {events} events in time")
        await asyncio.sleep(_pause(first, look, events))


async def _look(ground: Ground, client: Client, processes: Sequence[Child]) -> _Look:
    rows = await asyncio.to_thread(_number, client, _COUNT)
    broker, clickhouse = ground.cpu()
    worker = sum(cpu_seconds(process.pid) for process in processes)
    return _Look(time.monotonic(), rows, (worker, clickhouse, broker))


def _pause(first: _Look | None, look: _Look, events: int) -> float:
    """Seconds until the next look: the shortest while one of the two moments is near."""
    if first is None or look.rows <= first.rows:
        return _SHORTEST_LOOK_SECONDS
    left = (events - look.rows) * (look.at - first.at) / (look.rows - first.rows)
    return min(_LONGEST_LOOK_SECONDS, max(_SHORTEST_LOOK_SECONDS, left / 3))


async def _check(client: Client, name: str, events: int) -> None:
    """What was counted must be the events, each of them once."""
    distinct = await asyncio.to_thread(_number, client, _DISTINCT)
    if distinct != events:
        raise BenchError(f"{name} stored {distinct} different events, the backlog holds {events}")


def _number(client: Client, sql: str) -> int:
    return int(client.query(sql).result_rows[0][0])
