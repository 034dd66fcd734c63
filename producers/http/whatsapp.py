"""`/whatsapp/{workspace}`: Meta's webhook (contract, section 8).

Meta sends a body again, for days, until it is answered 200. So whatever is signed is answered 200 once Kafka has what
can be made of it; what is broken goes to the dead letters with the whole body.
"""

import hashlib
import hmac
import io
import json
import time
from collections.abc import Iterator
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from producers.append import Outgoing
from producers.events import record_of
from producers.http.bodies import Body, TooLargeError, body_of
from producers.http.dead_letters import dead_letter
from producers.http.door import Door, accepted
from producers.http.limits import WEBHOOK_BYTES
from producers.http.metrics import Dropped, Endpoint
from producers.http.problems import ProblemError, Refusal
from producers.http.sources.keys import hashed
from producers.whatsapp import Report, WhatsAppImport, read_bodies
from schemas.rejection import Reason, RejectedError
from schemas.validation import validate

_SIGNATURE = "x-hub-signature-256"
#: Of what is wrong with a body, the dead letter's message names so many places.
_REASONS_TOLD = 10


class WhatsAppEndpoint:
    """Meta's webhook."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._counters = door.metrics.of(Endpoint.WHATSAPP)

    async def verify(self, request: Request) -> Response:
        """Answer Meta's challenge when somebody enters this address in Meta's console.

        Raises:
            ProblemError: 403; the token is not the workspace's.
        """
        asked = request.query_params
        apps = self._door.sources.now.whatsapp(request.path_params["workspace"])
        token = hashed(asked.get("hub.verify_token", ""))
        known = any(hmac.compare_digest(app.verify_token_sha256, token) for app in apps)
        if asked.get("hub.mode") != "subscribe" or "hub.challenge" not in asked or not known:
            raise ProblemError(HTTPStatus.FORBIDDEN, Refusal.FORBIDDEN, "the verify token is not this workspace's")
        return PlainTextResponse(asked["hub.challenge"])

    async def receive(self, request: Request) -> Response:
        """Take one webhook body.

        Raises:
            ProblemError: 401 where it is not signed, 413, 503.
            BusyError: there is no room for it.
        """
        workspace = request.path_params["workspace"]
        try:
            async with body_of(request, WEBHOOK_BYTES, self._door.in_flight) as body:
                self._check_signature(workspace, request.headers.get(_SIGNATURE, ""), body.content)
                return await self._append(workspace, body)
        except TooLargeError:
            raise ProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Refusal.TOO_LARGE, f"the body has more than {WEBHOOK_BYTES} bytes"
            ) from None

    def _check_signature(self, workspace: str, signature: str, body: bytes) -> None:
        apps = self._door.sources.now.whatsapp(workspace)
        given = signature.encode(errors="surrogateescape")
        # All of them are tried, so the time does not tell which one it was.
        matches = [hmac.compare_digest(given, signed(app.app_secret.get_secret_value(), body)) for app in apps]
        if not any(matches):
            detail = "X-Hub-Signature-256 is not the body's, by an app secret of this workspace"
            raise ProblemError(HTTPStatus.UNAUTHORIZED, Refusal.UNKNOWN_KEY, detail)

    async def _append(self, workspace: str, body: Body) -> Response:
        run = WhatsAppImport(workspace)
        wrong: list[str] = []
        records = list(self._records(run, body.content, wrong))
        wrong += [broken.reason for broken in run.report.broken]
        self._count(run.report)
        letters = [self._letter(workspace, body.content, wrong)] if wrong else []
        await self._door.publisher.publish([*records, *letters], body.room)
        self._counters.appended.inc(len(records))
        self._counters.letters.inc(len(letters))
        return accepted(appended=len(records), rejected=len(wrong), skipped=sum(run.report.skipped.values()))

    def _records(self, run: WhatsAppImport, body: bytes, wrong: list[str]) -> Iterator[Outgoing]:
        for part in read_bodies(io.BytesIO(body), "webhook"):
            for event in run.events(part):
                value = json.dumps(event, ensure_ascii=False).encode(errors="surrogatepass")
                try:
                    checked = validate(value, recorded_ms=int(time.time() * 1000))
                except RejectedError as error:
                    wrong.append(error.message)
                    continue
                yield record_of(self._door.settings, checked, value)

    def _count(self, report: Report) -> None:
        self._counters.received.inc(sum(report.events.values()))
        self._door.metrics.dropped.labels(Dropped.NO_EVENT).inc(sum(report.skipped.values()))

    def _letter(self, workspace: str, body: bytes, wrong: list[str]) -> Outgoing:
        more = f"; and {len(wrong) - _REASONS_TOLD} more" if len(wrong) > _REASONS_TOLD else ""
        told = "; ".join(wrong[:_REASONS_TOLD]) + more
        return dead_letter(self._door.settings, Endpoint.WHATSAPP, workspace, body, Reason.UNUSABLE_WEBHOOK, told)


def signed(app_secret: str, body: bytes) -> bytes:
    """The value that `X-Hub-Signature-256` has for a body."""
    return b"sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest().encode()
