"""`jejak up`: the embedded stack in the foreground."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.errors import StackError
from deploy.local.stack import EmbeddedStack, claim_ports
from processors.telemetry.logs import set_up_logs

DEFAULT_DATA_DIR = Path(".jejak")


def up(
    kafka_port: Annotated[int, typer.Option(help="Kafka's port; 0 for a free one.")] = 9092,
    clickhouse_port: Annotated[int, typer.Option(help="ClickHouse's HTTP port; 0 for a free one.")] = 8123,
    http_port: Annotated[int, typer.Option(help="The port of health and metrics; 0 for a free one.")] = 6066,
    collect_port: Annotated[int, typer.Option(help="The front door's port; 0 for a free one.")] = 8081,
    pages_port: Annotated[int, typer.Option(help="The port of the pages; 0 for a free one.")] = 8080,
    data_dir: Annotated[Path, typer.Option(help="Where ClickHouse's data and the logs are kept.")] = DEFAULT_DATA_DIR,
) -> None:
    """Run the whole stack on this machine until Ctrl-C: a broker, ClickHouse, a worker, the front door, the pages.

    For development: topics stay in memory.
    """
    set_up_logs()
    ports = claim_ports(kafka_port, clickhouse_port, http_port, collect_port, pages_port)
    stack = EmbeddedStack(ports, data_dir.absolute())
    if not asyncio.run(_run(stack)):
        raise typer.Exit(1)


async def _run(stack: EmbeddedStack) -> bool:
    """Run until a signal comes or the broker ends; False for the latter."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    if sys.stderr.isatty():
        typer.echo("starting a broker, ClickHouse and a worker …", err=True)
    try:
        starting = asyncio.create_task(stack.start())
        if await _first(starting, stopped) is not starting:
            starting.cancel()
            return True
        await starting
        typer.echo(_ready_line(stack))
        await _first(asyncio.create_task(stack.broken.wait()), stopped)
        if stack.broken.is_set():
            raise StackError("the embedded broker has ended; records that were not stored yet are lost")
        await stack.close_to_http()
        if not await stack.drain():
            typer.echo("jejak: not everything could be stored before the stop", err=True)
            return False
        return True
    finally:
        await stack.stop()


async def _first(task: "asyncio.Task[object]", stopped: asyncio.Event) -> "asyncio.Task[object] | None":
    """Wait for a task or the stop, whichever comes first; the task if it is done."""
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    return task if task.done() else None


def _ready_line(stack: EmbeddedStack) -> str:
    at = stack.addresses
    return (
        f"ready kafka=127.0.0.1:{at.kafka_port} clickhouse=http://127.0.0.1:{at.clickhouse_port}/jejak "
        f"http=http://127.0.0.1:{at.http_port} collect=http://127.0.0.1:{at.collect_port} "
        f"pages=http://127.0.0.1:{at.pages_port}"
    )
