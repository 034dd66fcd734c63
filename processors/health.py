"""What the worker serves over HTTP: `/healthz` (alive), `/readyz` (does its work), `/metrics` (Prometheus).

Contract, section 5. Not ready is no reason to be killed: a worker waits for ClickHouse for as long as it takes.
"""

import time

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from processors.app import JejakApp

log = structlog.get_logger()


class HealthServer:
    """A small HTTP server beside the agents, in their event loop."""

    def __init__(self, app: JejakApp, host: str, port: int) -> None:
        self._app = app
        self._port = port
        self._host = host
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        site_app = web.Application()
        site_app.router.add_get("/healthz", self._healthz)
        site_app.router.add_get("/readyz", self._readyz)
        site_app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(site_app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        log.info("health and metrics served", port=self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close."""
        if self._runner is not None:
            await self._runner.cleanup()

    def problems(self) -> list[str]:
        """Why the worker is not ready; empty when it is."""
        found = []
        if not self._app.batches.joined:
            found.append("not joined to the consumer group")
        if self._app.store.last_error:
            found.append(f"ClickHouse does not take rows: {self._app.store.last_error}")
        age = self.oldest_batch_seconds()
        if age > self._app.tuning.stuck_seconds:
            found.append(f"oldest batch in flight for {age:.0f} s")
        return found

    def oldest_batch_seconds(self) -> float:
        """The age of the oldest batch in flight, 0 when there is none."""
        fetched = [batch.fetched_at for batch in self._app.batches.lanes.waiting()]
        return time.monotonic() - min(fetched) if fetched else 0.0

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        problems = self.problems()
        return web.Response(
            text="".join(f"{line}\n" for line in problems) or "ready\n", status=503 if problems else 200
        )

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
        # Else a partition that went to another worker would keep its last lag here for ever.
        metrics.lag.clear()
        for partition in held:
            lag = batches.lag(partition)
            if lag is not None:
                metrics.lag.labels(partition.topic, str(partition.partition)).set(lag)
