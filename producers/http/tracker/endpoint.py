"""The tracker's way in. One bad event of several is a dead letter, and the others are appended.

The tracker gives up only after 400, 401, 403, 410 and 422; after anything else it sends the request again, and what
waits behind it waits for ever. So a request that can never pass is answered with one of these.
"""

import time
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from producers.append import Outgoing
from producers.events import record_of
from producers.http.bodies import Body, TooLargeError, body_of, drop
from producers.http.dead_letters import dead_letter
from producers.http.door import Door, accepted
from producers.http.limits import TRACKER_BYTES
from producers.http.metrics import Dropped, Endpoint
from producers.http.problems import ProblemError, Refusal, too_fast
from producers.http.sources.model import Page
from producers.http.tracker.bots import is_bot
from producers.http.tracker.clicks import Submits
from producers.http.tracker.identity import without_signatures
from producers.http.tracker.payload import Payload, UnusableError
from producers.http.tracker.sharing import allowing, checked_page, shared
from producers.http.tracker.touches import Touch, touch_of
from schemas.rejection import Reason, RejectedError
from schemas.validation import validate


class TrackerEndpoint:
    """The endpoint `/t/{key}`."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._counters = door.metrics.of(Endpoint.TRACKER)

    async def preflight(self, request: Request) -> Response:
        """Answer a browser that asks whether a page may send at all.

        Raises:
            ProblemError: 403; the origin is not the key's.
        """
        page = self._door.sources.now.page(request.path_params["key"])
        if page is not None:
            checked_page(page, request)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=allowing(request))

    async def receive(self, request: Request) -> Response:
        """Take the events of one request.

        Raises:
            ProblemError: 403 for the key or the origin.
        """
        try:
            page = checked_page(self._door.sources.now.page(request.path_params["key"]), request)
        except ProblemError:
            await drop(request)
            raise
        headers = shared(request)
        try:
            async with body_of(request, TRACKER_BYTES, self._door.in_flight) as body:
                counts = await self._take(page, body, request.headers.get("user-agent", ""))
        except TooLargeError:
            raise _unusable(f"the body has more than {TRACKER_BYTES} bytes", Refusal.TOO_LARGE, headers) from None
        except UnusableError as error:
            raise _unusable(str(error), Refusal.INVALID, headers) from None
        except ProblemError as problem:
            problem.headers |= headers
            raise
        return accepted(headers, **counts)

    async def _take(self, page: Page, body: Body, user_agent: str) -> dict[str, int]:
        """Append what is good; how many events were appended, and how many became dead letters."""
        sent = Payload(body.content)
        self._counters.received.inc(len(sent))
        if self._door.settings.collect_bots == "drop" and is_bot(user_agent, automation=page.automation):
            self._door.metrics.dropped.labels(Dropped.BOT).inc(len(sent))
            return {"appended": 0, "rejected": 0}
        if wait := self._door.rates.take(page.key, page.events_per_second, len(sent)):
            raise too_fast(wait)
        events, letters = _Request(self._door, page, sent).sorted()
        await self._door.publisher.publish([*events, *letters], body.room)
        self._counters.appended.inc(len(events))
        self._counters.letters.inc(len(letters))
        return {"appended": len(events), "rejected": len(letters)}


class _Request:
    """The events of one request on their way to records."""

    def __init__(self, door: Door, page: Page, sent: Payload) -> None:
        self._door = door
        self._page = page
        self._sent = sent
        self._now_ms = int(time.time() * 1000)
        self._submits = Submits()
        self._letters: list[Outgoing] = []

    def sorted(self) -> tuple[list[Outgoing], list[Outgoing]]:
        """The records of what is good, and the dead letters of what is not."""
        touches: list[tuple[int, Touch]] = []
        for place in range(len(self._sent)):
            try:
                touch = self._touch(place)
            except UnusableError as error:
                self._reject(place, str(error))
                continue
            if touch is not None:
                self._note(touch, place)
                touches.append((place, touch))
        return self._records(touches), self._letters

    def _touch(self, place: int) -> Touch | None:
        event = self._sent.event(place)
        if not event.duid:
            self._door.metrics.dropped.labels(Dropped.ANONYMOUS).inc()
            return None
        touch = touch_of(self._page, event, self._now_ms)
        if touch is None:
            self._door.metrics.dropped.labels(Dropped.NO_EVENT).inc()
        return touch

    def _note(self, touch: Touch, place: int) -> None:
        if touch.kind == "button":
            self._submits.click(touch.visitor, touch.at_ms, place)
        elif touch.kind == "form":
            self._submits.form(touch.visitor, touch.at_ms)

    def _records(self, touches: list[tuple[int, Touch]]) -> list[Outgoing]:
        sent_forms = self._submits.clicks()
        records = []
        for place, touch in touches:
            if place in sent_forms:
                self._door.metrics.dropped.labels(Dropped.SUBMIT_BUTTON).inc()
                continue
            try:
                event = validate(touch.value, recorded_ms=self._now_ms)
            except RejectedError as error:
                self._reject(place, error.message)
                continue
            records.append(record_of(self._door.settings, event, touch.value))
        return records

    def _reject(self, place: int, message: str) -> None:
        value = without_signatures(self._sent.part(place))
        settings, workspace = self._door.settings, self._page.workspace
        reason = Reason.UNUSABLE_WEB_EVENT
        self._letters.append(dead_letter(settings, Endpoint.TRACKER, workspace, value, reason, message))


def _unusable(detail: str, reason: Refusal, headers: dict[str, str]) -> ProblemError:
    return ProblemError(HTTPStatus.BAD_REQUEST, reason, detail, headers=headers)
