"""Metrics of the pages: requests, how long they take, who listens, and what is pending."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)


class Metrics:
    """All of them, in a registry of their own."""

    def __init__(self) -> None:
        """Everything is zero."""
        self.registry = CollectorRegistry()
        self.requests = Counter("jejak_pages_requests_total", "Requests by status", ["status"], registry=self.registry)
        for status in ("2xx", "3xx", "4xx", "5xx"):
            self.requests.labels(status)
        self.seconds = Histogram(
            "jejak_pages_request_seconds", "Until the answer begins", buckets=_BUCKETS, registry=self.registry
        )
        self.streams = Gauge("jejak_pages_streams", "Browsers that listen to changes", registry=self.registry)


class Measured:
    """Counts and times requests."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Called by the server."""
        if scope["type"] != "http" or Request(scope).url.path in ("/healthz", "/readyz", "/metrics"):
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.requests.labels(f"{message['status'] // 100}xx").inc()
                self._metrics.seconds.observe(time.perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, counted)
