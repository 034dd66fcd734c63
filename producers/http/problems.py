"""Problem documents (RFC 9457): how the door says what is wrong with a request."""

import math
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from producers.http.limits import RETRY_AFTER

MEDIA_TYPE = "application/problem+json"


class Refusal(StrEnum):
    """The kinds of refusal; the values are the metric's label `reason`."""

    UNKNOWN_KEY = "unknown_key"
    FORBIDDEN = "forbidden"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    MEDIA_TYPE = "media_type"
    SLOW = "slow"
    RATE = "rate"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"


class ProblemError(Exception):
    """A request that is refused.

    Attributes:
        status: the HTTP status.
        reason: which kind of refusal.
        detail: what is wrong, for a person; nothing secret.
        members: further members of the document, such as `index` and `field`.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: HTTPStatus,
        reason: Refusal,
        detail: str,
        *,
        members: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.members = dict(members or {})
        self.headers = dict(headers or {})


def later(reason: Refusal, detail: str, seconds: float = RETRY_AFTER) -> ProblemError:
    """What can be tried again: 503 with `Retry-After`."""
    return _later(HTTPStatus.SERVICE_UNAVAILABLE, reason, detail, seconds)


def too_fast(seconds: float) -> ProblemError:
    """A key that sends more than it may: 429 with `Retry-After`."""
    return _later(HTTPStatus.TOO_MANY_REQUESTS, Refusal.RATE, "the key sends more events than it may", seconds)


def _later(status: HTTPStatus, reason: Refusal, detail: str, seconds: float) -> ProblemError:
    return ProblemError(status, reason, detail, headers={"Retry-After": str(max(1, math.ceil(seconds)))})


def document(problem: ProblemError, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that says it."""
    return _response(problem.status, problem.detail, problem.members, {**problem.headers, **(headers or {})})


def _response(status: int, detail: str, members: Mapping[str, object], headers: Mapping[str, str]) -> Response:
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    return Response(msgspec.json.encode(told | dict(members)), status, dict(headers), MEDIA_TYPE)


async def of_http(_: Request, error: Exception) -> Response:
    """The document for a path or a method that does not exist."""
    assert isinstance(error, HTTPException)
    detail = {404: "no such path", 405: "the path does not take this method"}.get(error.status_code, error.detail)
    return _response(error.status_code, detail, {}, error.headers or {})


async def of_fault(_: Request, error: Exception) -> Response:
    """The document for a fault of ours; what it was is in the log."""
    return _response(500, "a fault of the front door; its log says more", {}, {})
