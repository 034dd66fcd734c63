"""From the tracker's events to Jejak's (contract, section 8, "From the tracker")."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from producers.http.sources.model import Page
from producers.http.tracker import identity
from producers.http.tracker.clicks import clicked
from producers.http.tracker.clock import instant_ms
from producers.http.tracker.forms import traits_of
from producers.http.tracker.payload import TrackerEvent, UnusableError, described
from schemas.instant import iso

SNOWPLOW = "com.snowplowanalytics.snowplow"

#: What a button click is told by: its id, else its name, else its label; a link has no more than its address.
_BUTTON = ("id", "name", "label")
_LINK = ("elementId", "elementContent", "targetUrl")

#: Nearly every address, for which a whole parser would take five times as long.
_PLAIN = re.compile(r"https?://([A-Za-z0-9.-]+)(?::\d+)?(?=[/?#]|$)")

_encode = msgspec.json.Encoder().encode

Kind = Literal["page", "button", "link", "form", "identity"]


class _Data(msgspec.Struct, omit_defaults=True):
    """The fields of all the types that the tracker's events become; those that are None are left out."""

    visitor_id: str
    url: str | None = None
    title: str | None = None
    referrer: str | None = None
    user_agent: str | None = None
    web_session_id: str | None = None
    element_id: str | None = None
    element_text: Any = None
    target_url: Any = None
    form_id: str | None = None
    form_name: Any = None
    traits: dict[str, str] | None = None
    contact_id: str | None = None
    method: str | None = None


class _Whole(msgspec.Struct):
    """The event."""

    id: str
    source: str
    type: str
    time: str
    workspaceid: str
    data: _Data
    specversion: str = "1.0"


class Touch(NamedTuple):
    """An event that something was made of.

    Attributes:
        kind: what the visitor did.
        visitor: who.
        at_ms: when, in milliseconds since 1970.
        value: the event as JSON, not checked yet.
    """

    kind: Kind
    visitor: str
    at_ms: int
    value: bytes


def touch_of(page: Page, event: TrackerEvent, received_ms: int) -> Touch | None:
    """Make an event of what the tracker sent.

    Arguments:
        page: the key that it came by.
        event: with a visitor.
        received_ms: when it was received, in milliseconds since 1970.

    Returns:
        None for what the contract has no event for, such as a page ping.

    Raises:
        UnusableError: nothing can be made of it; the message names the field.
    """
    told = _told(page, event)
    if told is None:
        return None
    kind, event_type, data = told
    if not event.eid:
        raise UnusableError("eid: missing")
    at_ms = instant_ms(event.dtm, event.stm, received_ms)
    whole = _Whole(event.eid, f"/web/{_host(event.url)}", event_type, iso(at_ms), page.workspace, data)
    return Touch(kind, data.visitor_id, at_ms, _encode(whole))


def _told(page: Page, event: TrackerEvent) -> tuple[Kind, str, _Data] | None:
    """The kind, the type and the fields."""
    visitor = event.duid or ""
    if event.e == "pv":
        return "page", "web.page_view", _of_page(visitor, event)
    if event.e != "ue":
        return None
    vendor, name, fields = described(event)
    if (vendor, name) == (identity.VENDOR, identity.NAME):
        contact = identity.contact_of(page, fields)
        return "identity", "contact.identified", _Data(visitor, contact_id=contact, method=identity.METHOD)
    made = _MADE.get(name) if vendor == SNOWPLOW else None
    if made is None:
        return None
    kind, event_type, fill = made
    data = _of_page(visitor, event)
    fill(data, fields)
    return kind, event_type, data


def _of_page(visitor: str, event: TrackerEvent) -> _Data:
    return _Data(visitor, event.url, event.page, event.refr, event.ua, event.sid)


def _button(data: _Data, fields: Mapping[str, Any]) -> None:
    data.element_id = clicked(fields, _BUTTON)
    data.element_text = fields.get("label")


def _link(data: _Data, fields: Mapping[str, Any]) -> None:
    data.element_id = clicked(fields, _LINK)
    data.element_text = fields.get("elementContent")
    data.target_url = fields.get("targetUrl")


def _form(data: _Data, fields: Mapping[str, Any]) -> None:
    data.form_id = clicked(fields, ("formId", "formName"))
    data.form_name = fields.get("formName")
    data.traits = traits_of(fields.get("elements")) or None


_MADE: dict[str, tuple[Kind, str, Callable[[_Data, Mapping[str, Any]], None]]] = {
    "button_click": ("button", "web.button_click", _button),
    "link_click": ("link", "web.button_click", _link),
    "submit_form": ("form", "web.form_submitted", _form),
}


def _host(url: str | None) -> str:
    if not url:
        raise UnusableError("url: missing")
    if plain := _PLAIN.match(url):
        return plain[1].lower()
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host:
        raise UnusableError("url: has no host")
    return f"[{host}]" if ":" in host else host
