"""What the worker serves over HTTP: `/healthz` (alive), `/readyz` (does its work), `/metrics` (Prometheus).

Contract, section 5. Not ready is no reason to be killed: a worker waits for ClickHouse for as long as it takes.
"""

import socket
import time

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from processors.kafka.faults import explain_kafka, one_reason
from processors.worker.app import JejakApp

log = structlog.get_logger()


NOT_JOINED = "not joined to the consumer group yet; that takes a few seconds at the start and at each rebalance"


def listen(host: str, port: int) -> socket.socket:
    """Take the port, before anything else is begun.

    Raises:
        OSError: the port is taken, or the host is not an address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise OSError(
            f"health and metrics cannot be served on {host} port {port} ({reason}); set JEJAK_HTTP_HOST and "
            "JEJAK_HTTP_PORT (0 takes a free one)"
        ) from error


class HealthServer:
    """A small HTTP server beside the agents, in their event loop."""

    def __init__(self, app: JejakApp, listener: socket.socket) -> None:
        self._app = app
        self._listener = listener
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Answer from now on."""
        site_app = web.Application()
        site_app.router.add_get("/healthz", self._healthz)
        site_app.router.add_get("/readyz", self._readyz)
        site_app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(site_app, access_log=None)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listener).start()
        log.info("health and metrics served", port=self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close."""
        if self._runner is not None:
            await self._runner.cleanup()

    def problems(self) -> list[str]:
        """Why the worker is not ready, one line each; empty when it is."""
        age = self.oldest_batch_seconds()
        found = [self._kafka_problem(), self._clickhouse_problem()]
        if age > self._app.tuning.stuck_seconds:
            found.append(f"the oldest batch has been in flight for {age:.0f} s; its stacks are in the log")
        return [problem for problem in found if problem]

    def _kafka_problem(self) -> str | None:
        batches = self._app.batches
        if self._app.waiting_for:
            return self._app.waiting_for
        if batches.refusal is not None:
            return explain_kafka(batches.refusal)
        if not batches.joined:
            return NOT_JOINED
        if not batches.in_touch:
            heard = self._app.complaints.last
            return f"Kafka does not answer{': ' + one_reason(heard) if heard else ''}"
        return None

    def _clickhouse_problem(self) -> str | None:
        """What the store met outweighs what the probe found: it is nearer to what counts."""
        store, probe = self._app.store, self._app.probe
        if store.last_error and store.holds_back:
            return store.last_error
        if store.last_error:
            return f"ClickHouse does not take rows: {store.last_error.removeprefix('ClickHouse: ')}"
        return probe.problem

    def oldest_batch_seconds(self) -> float:
        """The age of the oldest batch in flight, 0 when there is none."""
        fetched = [batch.fetched_at for batch in self._app.batches.lanes.waiting()]
        return time.monotonic() - min(fetched) if fetched else 0.0

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        problems = self.problems()
        # It does the rest of its work: to restart it, or to send its partitions to another worker, would not help.
        stopped = [unreadable.advice for unreadable in self._app.batches.stopped.values()]
        lines = [*(problems or ["ready"]), *stopped]
        return web.Response(text="".join(f"{line}\n" for line in lines), status=503 if problems else 200)

    async def _metrics(self, _: web.Request) -> web.Response:
        self._measure()
        registry = self._app.metrics.registry
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _measure(self) -> None:
        """Set the gauges that say how things are now."""
        metrics, batches = self._app.metrics, self._app.batches
        waiting = batches.lanes.waiting()
        metrics.ready.set(not self.problems())
        metrics.oldest_batch.set(self.oldest_batch_seconds())
        metrics.batches_in_flight.set(len(waiting))
        metrics.bytes_in_flight.set(sum(batch.size for batch in waiting))
        held = batches.assignment() if batches.joined else ()
        metrics.partitions_held.set(len(held))
        # Otherwise a partition that went to another worker would keep its last lag here for ever.
        metrics.lag.clear()
        metrics.partitions_stopped.clear()
        for partition in batches.stopped:
            metrics.partitions_stopped.labels(partition.topic, str(partition.partition)).set(1)
        for partition in held:
            lag = batches.lag(partition)
            if lag is not None:
                metrics.lag.labels(partition.topic, str(partition.partition)).set(lag)
