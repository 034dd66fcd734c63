"""The door: what all of its endpoints share, and the answers that they have in common."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from producers.http.in_flight import BusyError, InFlight
from producers.http.limits import Rates
from producers.http.metrics import Endpoint, Metrics
from producers.http.problems import ProblemError, Refusal, document, later
from producers.http.publishing import Publisher
from producers.http.sources.watching import SourcesFile
from schemas.settings import Settings


@dataclass(frozen=True)
class Door:
    """One process of `jejak collect`."""

    settings: Settings
    sources: SourcesFile
    publisher: Publisher
    in_flight: InFlight
    metrics: Metrics
    rates: Rates = field(default_factory=Rates)


Answer = Callable[[Request], Awaitable[Response]]


class Answering:
    """An endpoint that answers its problems as documents, and counts them.

    It is an ASGI application of its own, which costs a request less than a function that the router wraps.
    """

    def __init__(self, door: Door, endpoint: Endpoint, answer: Answer) -> None:
        """Nothing is answered yet.

        Arguments:
            door: whose metrics count.
            endpoint: the label.
            answer: the endpoint itself, which raises `ProblemError` or `BusyError`.
        """
        self._door = door
        self._endpoint = endpoint
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive, send)
        try:
            response = await self._answer(request)
        except BusyError:
            response = self._refused(request, later(Refusal.BUSY, "too many bytes are in flight"))
        except ProblemError as problem:
            response = self._refused(request, problem)
        await response(scope, receive, send)

    def _refused(self, request: Request, problem: ProblemError) -> Response:
        self._door.metrics.refused.labels(self._endpoint, problem.reason).inc()
        # A client that waits for leave to send its body gets this answer instead, and may send it all the same.
        waits = request.headers.get("expect", "").lower() == "100-continue"
        return document(problem, {"Connection": "close"} if waits else None)


def accepted(headers: Mapping[str, str] | None = None, **counts: Any) -> Response:
    """200, with what became of the request.

    Arguments:
        headers: further headers.
        counts: the answer's members.
    """
    return Response(msgspec.json.encode(counts), HTTPStatus.OK, headers, "application/json")
