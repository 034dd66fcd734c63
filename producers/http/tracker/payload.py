"""What the tracker sends: a JSON object whose `data` is an array of events, each an object of short names and texts.

Snowplow's tracker protocol (tp2), schema `payload_data`. An event of the page's own kind is self-describing: its JSON
is a text in `ue_pr`, or in `ue_px` in base64url. Only the fields that something is made of are read.
"""

import base64
import binascii
from typing import Any

import msgspec


class UnusableError(Exception):
    """An event that nothing can be made of; the message names the field."""


class _Parts(msgspec.Struct):
    data: list[msgspec.Raw]


class TrackerEvent(msgspec.Struct):
    """One event, in the tracker's names.

    Attributes:
        e: its kind: `pv` is a page view, `ue` self-describing.
        eid: its id, a UUID that stays through retries.
        dtm, stm: when it was made and when it was sent, by the browser's clock, in milliseconds since 1970.
        duid: the visitor.
        sid: the visit.
        url, page, refr: the page's address and title, and the page before.
        ue_pr, ue_px: the self-describing JSON.
        ua: the user agent, where the tracker was told to send it.
    """

    e: str | None = None
    eid: str | None = None
    dtm: str | None = None
    stm: str | None = None
    duid: str | None = None
    sid: str | None = None
    url: str | None = None
    page: str | None = None
    refr: str | None = None
    ue_pr: str | None = None
    ue_px: str | None = None
    ua: str | None = None


class _Events(msgspec.Struct):
    data: list[TrackerEvent]


class _Described(msgspec.Struct):
    schema: str
    data: dict[str, Any]


class _Envelope(msgspec.Struct):
    data: _Described


_payload = msgspec.json.Decoder(_Parts)
_events = msgspec.json.Decoder(_Events)
_event = msgspec.json.Decoder(TrackerEvent)
_envelope = msgspec.json.Decoder(_Envelope)
_FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Payload:
    """The events of a request's body, read all at once where each of them can be, else one by one."""

    def __init__(self, body: bytes) -> None:
        """Read the body.

        Raises:
            UnusableError: it is none of the tracker's.
        """
        self._body = body
        self._parts: list[bytes] | None = None
        self._events: list[TrackerEvent] | None = None
        try:
            self._events = _events.decode(body).data
        except _FAULTS:
            self._parts = _parts_of(body)

    def __len__(self) -> int:
        return len(self._parts if self._events is None else self._events)  # type: ignore[arg-type] # one of them is there

    def event(self, place: int) -> TrackerEvent:
        """One event.

        Raises:
            UnusableError: a field has another type than the tracker gives it.
        """
        return event_of(self.part(place)) if self._events is None else self._events[place]

    def part(self, place: int) -> bytes:
        """The bytes of one event."""
        if self._parts is None:
            self._parts = _parts_of(self._body)
        return self._parts[place]


def _parts_of(body: bytes) -> list[bytes]:
    try:
        return [bytes(part) for part in _payload.decode(body).data]
    except _FAULTS as error:
        raise UnusableError(f"value: not a body of the tracker: {error}") from None


def event_of(part: bytes) -> TrackerEvent:
    """One event.

    Raises:
        UnusableError: a field has another type than the tracker gives it.
    """
    try:
        return _event.decode(part)
    except _FAULTS as error:
        raise UnusableError(f"value: not an event of the tracker: {error}") from None


def described(event: TrackerEvent) -> tuple[str, str, dict[str, Any]]:
    """The vendor, the name and the fields of a self-describing event.

    Raises:
        UnusableError: it is none.
    """
    try:
        text = event.ue_pr.encode() if event.ue_pr else _from_base64(event.ue_px)
        inner = _envelope.decode(text).data
        vendor, name, *_ = inner.schema.removeprefix("iglu:").split("/")
    except (*_FAULTS, binascii.Error, ValueError) as error:
        raise UnusableError(f"ue_pr: not a self-describing event: {error}") from None
    return vendor, name, inner.data


def _from_base64(text: str | None) -> bytes:
    if not text:
        raise ValueError("missing")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
