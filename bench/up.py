"""`jejak up`: seconds from its start to its `ready` line, and from an event's append to its row in `journey`.

The events are appended one by one to a stack that is idle otherwise, so what is measured is the group commit's
patience and what the way costs, not a queue.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clickhouse_connect.driver.client import Client

from bench.errors import BenchError
from bench.plan import Plan
from bench.processes import child, ended
from deploy.local.child import Child
from producers.append import Appender, Outgoing
from projections.clickhouse import connect
from schemas.constants import MESSAGES
from schemas.settings import Settings

#: What issue and README promise; a run that misses it goes on and says so.
READY_LIMIT_SECONDS = 15.0
VISIBLE_LIMIT_SECONDS = 3.0

_READY_PATIENCE = 60.0
_VISIBLE_PATIENCE = 20.0
#: `jejak up` drains before it stops.
_STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.02
_WORKSPACE = "ws_bench"
_VISIBLE = "SELECT count() FROM journey WHERE workspace_id = {workspace:String} AND event_id = {id:String}"


@dataclass(frozen=True)
class Start:
    """What was measured.

    Attributes:
        ready_seconds: from the start of the process to its `ready` line.
        visible_seconds: for each probe, from before its append to its row in `journey`.
    """

    ready_seconds: float
    visible_seconds: list[float]


async def measure_start(folder: Path, plan: Plan) -> Start:
    """Start the embedded stack in an empty folder, append events one by one, stop it.

    Raises:
        BenchError: it does not become ready, or an event does not become visible.
    """
    ports = [part for name in ("kafka", "clickhouse", "http", "collect", "pages") for part in (f"--{name}-port", "0")]
    program = [sys.executable, str(Path(sys.executable).with_name("jejak"))]
    command = [*program, "up", *ports, "--data-dir", str(folder / "up")]
    begun = time.monotonic()
    async with child("up", command, {}, folder, read_stdout=True, patience=_STOP_SECONDS) as process:
        settings = _settings(await _ready_line(process, folder))
        ready = time.monotonic() - begun
        client = await asyncio.to_thread(connect, settings)
        async with Appender(settings) as appender:
            visible = [await _probe(appender, client, settings, number) for number in range(plan.probes)]
        await asyncio.to_thread(client.close)
    return Start(ready, visible)


async def _ready_line(process: Child, folder: Path) -> str:
    try:
        line = await process.ready_line(_READY_PATIENCE)
    except TimeoutError:
        raise BenchError(f"jejak up was not ready after {_READY_PATIENCE:.0f} s") from None
    if not line.startswith("ready "):
        await process.ended()
        raise ended(process, folder)
    return line


def _settings(ready_line: str) -> Settings:
    """The addresses of the line, as settings."""
    at = dict(part.split("=", 1) for part in ready_line.split()[1:])
    return Settings.model_validate({"kafka_bootstrap_servers": at["kafka"], "clickhouse_url": at["clickhouse"]})


async def _probe(appender: Appender, client: Client, settings: Settings, number: int) -> float:
    """Append one event and look for it; the seconds in between."""
    event_id = f"probe-{number}"
    value = json.dumps(_event(event_id)).encode()
    begun = time.monotonic()
    key = f"{_WORKSPACE}/ct_bench".encode()
    await appender.send([Outgoing(settings.topic(MESSAGES), value, key)])
    while time.monotonic() < begun + _VISIBLE_PATIENCE:
        parameters = {"workspace": _WORKSPACE, "id": event_id}
        answer = await asyncio.to_thread(client.query, _VISIBLE, parameters=parameters)
        if answer.result_rows[0][0]:
            return time.monotonic() - begun
        await asyncio.sleep(_LOOK_SECONDS)
    raise BenchError(f"an event appended to an idle stack was not in journey after {_VISIBLE_PATIENCE:.0f} s")


def _event(event_id: str) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "/bench",
        "type": "message.incoming",
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "workspaceid": _WORKSPACE,
        "data": {"contact_id": "ct_bench", "conversation_id": "cv_bench", "message_id": event_id, "text": "Halo"},
    }
