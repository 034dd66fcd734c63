"""The worker process: Faust's worker with our logs, our HTTP server and our watchdog around it."""

import asyncio
import gc
import logging
import sys

import faust
import structlog
from aiokafka.errors import KafkaError
from faust.types import TP

from processors.dead_letters.watch import DeadLetterWatch
from processors.kafka.faults import explain_kafka
from processors.kafka.topics import missing_topics
from processors.telemetry.logs import set_up_logs
from processors.tuning import Tuning
from processors.worker.app import JejakApp
from processors.worker.health import HealthServer, listen
from processors.worker.memory import share_one_heap
from processors.worker.watchdog import Watchdog
from schemas.constants import TOPICS
from schemas.settings import Settings

log = structlog.get_logger()

_WAIT_SECONDS = 1.0
#: How long Kafka may take to list its topics; the client by itself would wait for 40 s.
_ANSWER_SECONDS = 10.0


def run_worker(settings: Settings, tuning: Tuning | None = None) -> int:
    """Run one stream processor until it is stopped by a signal or crashes.

    Arguments:
        settings: where Kafka and ClickHouse are.
        tuning: other numbers than the defaults, for tests and benchmarks.

    Raises:
        OSError: the port for health and metrics cannot be had.

    Returns:
        The exit status: 0 after a signal, once all that was taken is written and committed; 1 after a crash.
    """
    share_one_heap()
    set_up_logs(level=logging.getLevelNamesMapping()[settings.log_level.upper()])
    listener = listen(settings.http_host, settings.http_port)
    _calm_garbage_collector()
    loop = _new_event_loop()
    asyncio.set_event_loop(loop)
    app = JejakApp(settings, tuning or Tuning())
    health = HealthServer(app, listener)
    _attach(app, health, settings)
    worker = faust.Worker(app, loop=loop, override_logging=False, redirect_stdouts=False, quiet=True)
    # It would write control sequences to stdout, terminal or not.
    worker.spinner = None
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


def _calm_garbage_collector() -> None:
    """Events are short-lived trees without cycles: looking for cycles took an eighth of the worker's time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _attach(app: JejakApp, health: HealthServer, settings: Settings) -> None:
    first = TP(settings.topic(TOPICS[0]), 0)

    def counts_dead_letters() -> bool:
        return app.batches.joined and first in app.batches.assignment()

    async def prepare() -> None:
        # Before the group is joined, which takes seconds: a probe must find the process alive meanwhile.
        await health.start()
        app.add_future(app.probe.run())
        app.add_future(app.follower.run())
        app.add_future(watch_and_close())
        app.add_future(DeadLetterWatch(settings, app.tuning, app.metrics, counts_dead_letters).run())
        await wait_for_topics(app, settings)

    async def watch_and_close() -> None:
        try:
            await Watchdog(app, health).run()
        finally:
            await health.stop()

    app.prepare = prepare


async def wait_for_topics(app: JejakApp, settings: Settings) -> None:
    """Wait until Kafka answers and has the topics. Subscribed to earlier, they would be created by the broker.

    Arguments:
        app: gets the reason for waiting.
        settings: where Kafka is, and the topics' prefix.
    """
    while problem := await _topics_problem(app, settings):
        app.waiting_for = problem
        await asyncio.sleep(_WAIT_SECONDS)
    app.waiting_for = None


async def _topics_problem(app: JejakApp, settings: Settings) -> str | None:
    app.complaints.forget()
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            missing = await missing_topics(settings)
    except (KafkaError, OSError) as error:
        return explain_kafka(error, app.complaints.last)
    return f"topics are missing, run `jejak topics`, or hidden by ACLs: {', '.join(missing)}" if missing else None
