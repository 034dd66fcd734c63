"""The life of the server's process: what must hold before it listens, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from pathlib import Path
from typing import Any

from aiohttp import web

from deploy.local.clickhouse_http import processes
from deploy.local.clickhouse_http.engine import Engine, EngineUnavailableError
from deploy.local.clickhouse_http.limits import raise_open_files
from deploy.local.clickhouse_http.lock import DirectoryLock, DirectoryLockedError
from deploy.local.clickhouse_http.running import MAX_QUERIES
from deploy.local.clickhouse_http.server import Server
from deploy.local.clickhouse_http.workers import Workers

HOST = "127.0.0.1"
WORKERS = MAX_QUERIES + 8
# How long a killed query may take to notice.
KILL_SECONDS = 2.0
# What SQL may read and write on this machine, as in a server's data directory.
USER_FILES = "user_files"
# ClickHouse takes queries in the URL up to this size.
MAX_URL = 1 << 20


HTTP_OPTIONS: dict[str, Any] = {
    "access_log": None,
    "auto_decompress": False,
    "max_line_size": MAX_URL,
    "max_field_size": MAX_URL,
    "keepalive_timeout": 600,
    "shutdown_timeout": 0.5,
}


class StartupError(Exception):
    """The server cannot run; the message is one line that says why."""


async def serve(engine: Engine, port: int, grace: float) -> None:
    """Serve until SIGTERM or SIGINT, then let running requests finish for at most `grace` seconds.

    Raises `OSError` when the port cannot be had.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    workers = Workers(WORKERS)
    server = Server(engine, workers)
    runner = web.AppRunner(server.application(), **HTTP_OPTIONS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        print(f"ready http://{HOST}:{runner.addresses[0][1]}", flush=True)
        await stop.wait()
        _end_anyway(grace + 2 * KILL_SECONDS)
        await site.stop()
        server.running.refuse_more()
        if not await server.running.drained(grace):
            engine.kill_all()
            await server.running.drained(KILL_SECONDS)
    finally:
        await runner.cleanup()
        workers.close()
        server.sessions.close()


def _end_anyway(seconds: float) -> None:
    """End the process after that time even if a query cannot be stopped; the data on disk is whole at any time."""
    watchdog = threading.Timer(seconds, os._exit, (0,))
    watchdog.daemon = True
    watchdog.start()


def run(data_dir: Path, port: int, grace: float, config_file: Path | None = None) -> None:
    """Serve `data_dir` on `port` until told to stop.

    Raises `StartupError` with one line to show when that cannot be.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    raise_open_files()
    # From here on, a path without a folder is one of the user's files.
    data_dir, config_file = data_dir.absolute(), config_file and config_file.absolute()
    try:
        with DirectoryLock(data_dir):
            (data_dir / USER_FILES).mkdir(exist_ok=True)
            os.chdir(data_dir / USER_FILES)
            engine = Engine(data_dir / "clickhouse", config_file=config_file)
            processes.prepare(engine)
            asyncio.run(serve(engine, port, grace))
            engine.close()
    except (EngineUnavailableError, DirectoryLockedError, OSError) as error:
        raise StartupError(str(error)) from error
