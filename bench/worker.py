"""One Jejak worker on a backlog, for the sections that watch it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from clickhouse_connect.driver.client import Client

from bench.errors import BenchError
from bench.ground import Ground
from bench.plan import Load
from bench.processes import child, ended
from bench.registry import CONTESTANTS, JEJAK
from deploy.local.child import Child

COMMAND = next(item.command for item in CONTESTANTS if item.name == JEJAK)
#: Rows as they came, and with every event once.
ROWS = "SELECT count() FROM events"
_LOOK_SECONDS = 0.05
_INSERTS = "SELECT count() FROM system.processes WHERE query_kind = 'Insert'"


@asynccontextmanager
async def worker(ground: Ground, load: Load, run: str) -> AsyncIterator[Child]:
    """A worker of that group and database, stopped at the end of the context."""
    async with child(run, COMMAND, ground.environment(load, run), ground.folder) as process:
        yield process


def number(client: Client, sql: str) -> int:
    """The one number that a query answers."""
    return int(client.query(sql).result_rows[0][0])


async def until_stored(
    ground: Ground, client: Client, process: Child, rows: int, patience: float, look_seconds: float = _LOOK_SECONDS
) -> float:
    """Wait until there are so many rows and no INSERT runs; the moment in monotonic seconds.

    Raises:
        BenchError: the worker ended, or it took too long.
    """
    deadline = time.monotonic() + patience
    while True:
        stored = await asyncio.to_thread(number, client, ROWS)
        if stored >= rows and not await asyncio.to_thread(number, client, _INSERTS):
            return time.monotonic()
        if not process.alive:
            raise ended(process, ground.folder)
        if time.monotonic() > deadline:
            raise BenchError(f"{process.name} stored {stored} of {rows} rows in time")
        await asyncio.sleep(look_seconds)


async def until_quiet(client: Client) -> int:
    """Wait until no INSERT runs; the rows then."""
    while True:
        if not await asyncio.to_thread(number, client, _INSERTS):
            return await asyncio.to_thread(number, client, ROWS)
        await asyncio.sleep(_LOOK_SECONDS)
