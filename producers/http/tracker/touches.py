"""From the tracker's events to Jejak's (contract, section 8, "From the tracker")."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
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

Kind = Literal["page", "button", "link", "form", "identity"]


@dataclass(frozen=True, slots=True)
class Touch:
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
    kind, event_type, fields = told
    if not event.eid:
        raise UnusableError("eid: missing")
    visitor, at_ms = event.duid or "", instant_ms(event.dtm, event.stm, received_ms)
    whole = {
        "specversion": "1.0",
        "id": event.eid,
        "source": f"/web/{_host(event.url)}",
        "type": event_type,
        "time": iso(at_ms),
        "workspaceid": page.workspace,
        "data": {"visitor_id": visitor} | {name: value for name, value in fields.items() if value is not None},
    }
    return Touch(kind, visitor, at_ms, msgspec.json.encode(whole))


Told = tuple[Kind, str, dict[str, Any]]


def _told(page: Page, event: TrackerEvent) -> Told | None:
    """The kind, the type and the fields, the visitor aside."""
    if event.e == "pv":
        return "page", "web.page_view", _of_page(event)
    if event.e != "ue":
        return None
    vendor, name, fields = described(event)
    if (vendor, name) == (identity.VENDOR, identity.NAME):
        return "identity", "contact.identified", {"contact_id": identity.contact_of(page, fields), "method": "token"}
    made = _MADE.get(name) if vendor == SNOWPLOW else None
    if made is None:
        return None
    kind, event_type, own = made
    return kind, event_type, _of_page(event) | own(fields)


def _of_page(event: TrackerEvent) -> dict[str, Any]:
    return {
        "url": event.url,
        "title": event.page,
        "referrer": event.refr,
        "user_agent": event.ua,
        "web_session_id": event.sid,
    }


def _button(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"element_id": clicked(fields, _BUTTON), "element_text": fields.get("label")}


def _link(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "element_id": clicked(fields, _LINK),
        "element_text": fields.get("elementContent"),
        "target_url": fields.get("targetUrl"),
    }


def _form(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "form_id": clicked(fields, ("formId", "formName")),
        "form_name": fields.get("formName"),
        "traits": traits_of(fields.get("elements")) or None,
    }


_MADE: dict[str, tuple[Kind, str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
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
