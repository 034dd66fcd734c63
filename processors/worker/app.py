"""The Faust application: one agent per topic, each handing its batches to the projector.

An agent's error crashes the process: its supervisor starts it again, and the batch is read again.
"""

import os
import threading
from collections.abc import Awaitable, Callable
from typing import Any, cast

import faust
import structlog
from mode.supervisors import CrashingSupervisor

from processors.dead_letters.dead_letter import DeadLetters
from processors.fetch.internals import OpenApp
from processors.kafka.complaints import Complaints
from processors.stream.consumer import BatchConsumer
from processors.stream.group_commit import GroupCommit
from processors.stream.projector import Projector
from processors.stream.stops import Stops
from processors.stream.store import ClickHouseStore
from processors.stream.transport import BatchSchema, BatchTransport
from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning
from processors.worker.follower import Follower
from processors.worker.probe import ClickHouseProbe
from projections.clickhouse import connect
from projections.cluster import cluster_of
from schemas.constants import TOPICS
from schemas.kafka_options import sasl_password, ssl_context
from schemas.settings import Settings

log = structlog.get_logger()


class JejakApp(OpenApp, faust.App):
    """The application with all that its agents need."""

    def __init__(self, settings: Settings, tuning: Tuning) -> None:
        self.tuning = tuning
        self.metrics = Metrics(settings)
        cluster = cluster_of(settings)
        self.store = ClickHouseStore(
            lambda: connect(settings, **_client_options(tuning)), tuning, self.metrics, cluster
        )
        self.probe = ClickHouseProbe(lambda: connect(settings, **_probe_options(tuning)), tuning, self.metrics, cluster)
        self.follower = Follower(
            lambda: connect(settings, **_client_options(tuning)),
            tuning.follow_on_cluster_seconds if settings.clickhouse_cluster else tuning.follow_seconds,
            lambda: self.probe.problem is None,
        )
        self.group_commit = GroupCommit(self.store, tuning, lambda: self.batches.unread)
        self.dead_letters = DeadLetters(settings, tuning, self.metrics)
        self.stops = Stops(settings)
        self.projector = Projector(self.group_commit, self.dead_letters, self.metrics, tuning)
        super().__init__(settings.consumer_group, **_faust_options(settings, tuning))
        for name in TOPICS:
            self._add_agent(settings.topic(name), name)
        self.task(self.group_commit.run)
        self.task(self._look_at_stops)
        #: Awaited before Faust connects to anything.
        self.prepare: Callable[[], Awaitable[None]] | None = None
        self.complaints = Complaints()
        #: Why it has not begun to read yet; None once it has.
        self.waiting_for: str | None = "starting: Kafka has not listed its topics yet"

    async def _look_at_stops(self) -> None:
        await self.stops.run(lambda: self.batches.stopped)

    async def on_first_start(self) -> None:
        """Called when the process starts, before the consumer."""
        if self.prepare is not None:
            await self.prepare()
        await super().on_first_start()

    def _add_agent(self, full_name: str, name: str) -> None:
        topic = self.topic(full_name, acks=False, schema=BatchSchema())

        @self.agent(topic, name=f"project-{name}", supervisor_strategy=CrashingSupervisor)
        async def project(batches: Any) -> None:
            async for batch in batches:
                await self.projector.take(batch, name)

    def new_transport(self) -> Any:
        """The transport that reads batches."""
        return BatchTransport(self.conf.broker_consumer, self, loop=self.loop)

    @property
    def batches(self) -> BatchConsumer:
        """The consumer, in its own type."""
        return cast(BatchConsumer, self.consumer)

    async def stop(self) -> None:
        """Called on SIGTERM, Ctrl-C and after a crash. An absent broker would keep the client waiting for ever."""
        timer = threading.Timer(self.tuning.stop_seconds, _give_up)
        timer.daemon = True
        timer.start()
        await super().stop()

    async def on_stop(self) -> None:
        """Called on SIGTERM and Ctrl-C: Faust drains and commits first, then the connections close."""
        await super().on_stop()
        self.projector.close()
        await self.dead_letters.stop()


def _give_up() -> None:
    """End the process as a crash would: what is not committed comes again."""
    log.error("could not stop in time; what is not committed will be read again")
    os._exit(1)


def _client_options(tuning: Tuning) -> dict[str, Any]:
    return {"connect_timeout": 5, "send_receive_timeout": tuning.insert_timeout_seconds}


def _probe_options(tuning: Tuning) -> dict[str, Any]:
    seconds = tuning.probe_timeout_seconds
    return {"connect_timeout": seconds, "send_receive_timeout": seconds}


def _faust_options(settings: Settings, tuning: Tuning) -> dict[str, Any]:
    return {
        "broker": _faust_brokers(settings),
        "broker_credentials": _faust_credentials(settings),
        "store": "memory://",
        "web_enabled": False,
        # Jejak keeps no state in Faust, so none of its own topics is needed.
        "topic_disable_leader": True,
        "topic_allow_declare": False,
        "consumer_auto_offset_reset": "earliest",
        "consumer_metadata_max_age_ms": tuning.metadata_max_age_ms,
        "consumer_max_fetch_size": tuning.max_partition_fetch_bytes,
        "broker_max_poll_records": tuning.max_poll_records,
        "broker_commit_interval": tuning.commit_seconds,
        "broker_session_timeout": settings.kafka_session_seconds,
        "broker_heartbeat_interval": tuning.heartbeat_seconds,
        # A full agent queue blocks every topic; lanes keep it from filling.
        "stream_buffer_maxsize": 4096,
        "stream_wait_empty": True,
    }


def _faust_credentials(settings: Settings) -> Any:
    """aiokafka's options in Faust's words; None on a plain connection."""
    context = ssl_context(settings)
    if settings.kafka_security_protocol.startswith("SASL"):
        return faust.SASLCredentials(
            mechanism=settings.kafka_sasl_mechanism or "PLAIN",
            username=settings.kafka_sasl_username,
            password=sasl_password(settings),
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None


def _faust_brokers(settings: Settings) -> list[str]:
    """The bootstrap servers as URLs."""
    return [f"kafka://{server.strip()}" for server in settings.kafka_bootstrap_servers.split(",")]
