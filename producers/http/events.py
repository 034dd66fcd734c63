"""`POST /events`: what services send (contract, section 8). All of a request's events are appended, or none."""

import asyncio
import time
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from producers.append import Outgoing
from producers.events import record_of
from producers.http.bodies import TooLargeError, body_of, drop
from producers.http.cloudevents import Mode, mode_of, values_of, with_workspace
from producers.http.door import Door, accepted
from producers.http.in_flight import Room
from producers.http.limits import BATCH_BYTES, EVENT_BYTES
from producers.http.metrics import Endpoint
from producers.http.problems import ProblemError, Refusal, too_fast
from producers.http.sources.model import Service
from schemas.rejection import Reason, RejectedError
from schemas.validation import validate

#: After how many events other requests get their turn.
_AT_ONCE = 200


class EventsEndpoint:
    """The CloudEvents endpoint."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._counters = door.metrics.of(Endpoint.EVENTS)

    async def __call__(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            ProblemError: it is refused.
            BusyError: there is no room for it.
        """
        try:
            service = self._service(request)
            mode = mode_of(request.headers)
        except ProblemError:
            await drop(request)
            raise
        most = BATCH_BYTES if mode is Mode.BATCH else EVENT_BYTES
        try:
            async with body_of(request, most, self._door.in_flight) as body:
                return await self._append(service, values_of(mode, request.headers, body.content), body.room)
        except TooLargeError:
            raise _too_large(f"the body has more than {most} bytes", None) from None

    def _service(self, request: Request) -> Service:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        service = self._door.sources.now.service(secret.strip()) if scheme.lower() == "bearer" else None
        if service is None:
            raise ProblemError(
                HTTPStatus.UNAUTHORIZED,
                Refusal.UNKNOWN_KEY,
                "Authorization: Bearer and a secret key of a workspace are required",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return service

    async def _append(self, service: Service, values: list[bytes], room: Room) -> Response:
        self._counters.received.inc(len(values))
        records = []
        for index, value in enumerate(values):
            if index % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
            records.append(self._record(service, index, value))
        wait = self._door.rates.take(service.key_sha256, service.events_per_second, len(records))
        if wait:
            raise too_fast(wait)
        await self._door.publisher.publish(records, room)
        self._counters.appended.inc(len(records))
        return accepted(appended=len(records))

    def _record(self, service: Service, index: int, value: bytes) -> Outgoing:
        value = with_workspace(value, service.workspace)
        try:
            event = validate(value, recorded_ms=int(time.time() * 1000))
        except RejectedError as error:
            raise _rejected(error, index) from None
        if event.workspace_id != service.workspace:
            raise _forbidden("workspaceid", index, "the key is of another workspace")
        if not service.may_send(event.type.name):
            raise _forbidden("type", index, f"the key is not for {event.type.name}")
        return record_of(self._door.settings, event, value)


def _rejected(error: RejectedError, index: int) -> ProblemError:
    if error.reason is Reason.TOO_LARGE:
        return _too_large(error.message, index)
    field = error.message.partition(":")[0]
    return ProblemError(
        HTTPStatus.BAD_REQUEST,
        Refusal.INVALID,
        error.message,
        members={"index": index, "field": field, "reason": error.reason.value},
    )


def _forbidden(field: str, index: int, detail: str) -> ProblemError:
    members = {"index": index, "field": field}
    return ProblemError(HTTPStatus.FORBIDDEN, Refusal.FORBIDDEN, f"{field}: {detail}", members=members)


def _too_large(detail: str, index: int | None) -> ProblemError:
    members = {} if index is None else {"index": index}
    return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Refusal.TOO_LARGE, detail, members=members)
