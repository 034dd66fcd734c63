"""The worker process: Faust's worker with our logs, our HTTP server and our watchdog around it."""

import asyncio
import sys
from typing import Any

import faust
import structlog

from processors.app import JejakApp
from processors.health import HealthServer
from processors.logs import set_up_logs
from processors.tuning import Tuning
from processors.watchdog import watch
from schemas.settings import Settings

log = structlog.get_logger()


def run_worker(settings: Settings, tuning: Tuning | None = None) -> int:
    """Run one stream processor until it is stopped by a signal or crashes.

    Arguments:
        settings: where Kafka and ClickHouse are.
        tuning: other numbers than the defaults, for tests and benchmarks.

    Returns:
        The exit status: 0 after a signal, once all that was taken is written and committed; 1 after a crash.
    """
    set_up_logs()
    loop = _new_event_loop()
    asyncio.set_event_loop(loop)
    app = JejakApp(settings, tuning or Tuning())
    health = HealthServer(app, settings.http_port)
    _attach(app, health)
    worker = faust.Worker(app, loop=loop, override_logging=False, redirect_stdouts=False, quiet=True)
    try:
        worker.execute_from_commandline()
    except SystemExit as stop:
        return int(stop.code or 0)
    except Exception as error:
        log.error("worker crashed", error=repr(error))
        return 1
    return 0


def _new_event_loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 - not to be had on Windows

    # The policy too: Faust's consumer thread makes an event loop of its own.
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    return uvloop.new_event_loop()


def _attach(app: JejakApp, health: HealthServer) -> None:
    async def serve_and_watch() -> None:
        await health.start()
        try:
            await watch(app, health)
        finally:
            await health.stop()

    app.task(serve_and_watch)


def main(arguments: Any = None) -> None:
    """Entry point for tests that start a bare worker."""
    sys.exit(run_worker(Settings()))
