"""The door: what all of its endpoints share, and the answers that they have in common."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

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


Answering = Callable[[Request], Awaitable[Response]]


def answering(door: Door, endpoint: Endpoint, answer: Answering) -> Answering:
    """An endpoint that answers its problems as documents, and counts them.

    Arguments:
        door: whose metrics count.
        endpoint: the label.
        answer: the endpoint itself, which raises `ProblemError` or `BusyError`.
    """

    async def whole(request: Request) -> Response:
        try:
            return await answer(request)
        except BusyError:
            problem = later(Refusal.BUSY, "too many bytes are in flight")
        except ProblemError as raised:
            problem = raised
        door.metrics.refused.labels(endpoint, problem.reason).inc()
        # A client that waits for leave to send its body gets this answer instead, and may send it all the same.
        waits = request.headers.get("expect", "").lower() == "100-continue"
        return document(problem, {"Connection": "close"} if waits else None)

    return whole


def accepted(headers: Mapping[str, str] | None = None, **counts: Any) -> Response:
    """200, with what became of the request.

    Arguments:
        headers: further headers.
        counts: the answer's members.
    """
    return Response(msgspec.json.encode(counts), HTTPStatus.OK, headers, "application/json")
