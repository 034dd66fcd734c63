"""What the surroundings ask: `/healthz` (alive), `/readyz` (takes events), `/metrics` (Prometheus)."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from producers.http.connections import open_connections
from producers.http.door import Door


class Probes:
    """The three answers."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def healthz(self, _: Request) -> Response:
        """Whether the process answers at all. Without Kafka it does, and waits."""
        return PlainTextResponse("ok\n")

    async def readyz(self, _: Request) -> Response:
        """Whether events are taken, and what else is wrong, one line each."""
        problem = self._door.publisher.problem
        # Events are taken by the sources of before, so this is told and is no reason to send requests elsewhere.
        lines = [problem or "ready", *filter(None, [self._door.sources.problem])]
        return PlainTextResponse("".join(f"{line}\n" for line in lines), 503 if problem else 200)

    async def metrics(self, _: Request) -> Response:
        """The metrics in Prometheus' text format."""
        metrics = self._door.metrics
        metrics.in_flight.set(self._door.in_flight.held)
        metrics.connections.set(open_connections())
        metrics.ready.set(self._door.publisher.problem is None)
        metrics.sources_broken.set(self._door.sources.problem is not None)
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
