"""What the front door refuses: a table of requests, with the status and the words of each answer."""

import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from schemas.instant import iso
from tests.support.front_door import (
    APP_SECRET,
    BROWSER,
    IDENTITY_SECRET,
    NARROW_SECRET,
    ORIGIN,
    PAGE_KEY,
    SECRET,
    VERIFY_TOKEN,
    WORKSPACE,
    FrontDoor,
    running_front_door,
)
from tests.support.space import Space
from tests.support.web_events import now_ms, page_view

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BEARER = {"Authorization": f"Bearer {SECRET}"}
WEB = {"Content-Type": "application/json", "Origin": ORIGIN, "User-Agent": BROWSER}


def event(**changes: Any) -> dict[str, Any]:
    whole = {
        "specversion": "1.0",
        "id": "m-1",
        "source": "/crm",
        "type": "message.incoming",
        "time": iso(now_ms()),
        "workspaceid": WORKSPACE,
        "data": {"contact_id": "ct", "conversation_id": "cv", "message_id": "m-1"},
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


@dataclass(frozen=True)
class Refused:
    """A request that is refused.

    Attributes:
        what: in words, the test's name.
        status: of the answer.
        detail: words of its detail.
        index, field: what the document names, if anything.
    """

    what: str
    status: int
    detail: str
    path: str = "/events"
    method: str = "POST"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    index: int | None = None
    field: str | None = None


def one(what: str, status: int, detail: str, sent: Any, name: str | None = None, **more: Any) -> Refused:
    """A structured event."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    headers = BEARER | {"Content-Type": STRUCTURED} | more.pop("headers", {})
    index = None if status == 413 and not name else more.pop("index", 0)
    return Refused(what, status, detail, body=body, headers=headers, index=index, field=name)


def many(what: str, status: int, detail: str, sent: Any, index: int | None = None, name: str | None = None) -> Refused:
    """A batch."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return Refused(what, status, detail, body=body, headers=BEARER | {"Content-Type": BATCH}, index=index, field=name)


def binary(
    what: str, status: int, detail: str, name: str | None, body: bytes = b"{}", **changes: str | None
) -> Refused:
    """A binary event; a header given as None is left out."""
    told = {key: str(value) for key, value in event().items() if key != "data"} | changes
    headers = {f"ce-{key}": value for key, value in told.items() if value is not None}
    headers |= BEARER | {"Content-Type": "application/json"}
    return Refused(what, status, detail, body=body, headers=headers, index=0 if name else None, field=name)


def web(
    what: str, status: int, detail: str, body: bytes = b"", path: str = f"/t/{PAGE_KEY}", **headers: str
) -> Refused:
    sent = WEB | {name.replace("_", "-"): value for name, value in headers.items()}
    return Refused(what, status, detail, path=path, body=body, headers=sent)


def meta(what: str, status: int, detail: str, body: bytes = b"{}", **headers: str) -> Refused:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refused(what, status, detail, path=f"/whatsapp/{WORKSPACE}", body=body, headers=sent)


def challenge(what: str, query: str, workspace: str = WORKSPACE) -> Refused:
    return Refused(what, 403, "verify token", path=f"/whatsapp/{workspace}?{query}", method="GET")


DATA = event()["data"]
BIG_TEXT = {"data": DATA | {"text": "x" * 1_048_576}}
TABLE = [
    Refused("no such path", 404, "no such path", path="/event"),
    Refused("a method that the path does not take", 405, "method", method="PUT"),
    Refused("a page view by GET", 405, "method", path=f"/t/{PAGE_KEY}", method="GET"),
    Refused("no key", 401, "Bearer", headers={"Content-Type": STRUCTURED}),
    Refused("a wrong key", 401, "Bearer", headers={"Authorization": "Bearer guessed", "Content-Type": STRUCTURED}),
    Refused("an empty key", 401, "Bearer", headers={"Authorization": "Bearer ", "Content-Type": STRUCTURED}),
    Refused("a user and a password", 401, "Bearer", headers={"Authorization": "Basic dTpw"}),
    Refused("a page's public key", 401, "Bearer", headers={"Authorization": f"Bearer {PAGE_KEY}"}),
    Refused("no content type", 415, "ce-specversion", headers=BEARER),
    Refused("plain JSON", 415, "ce-specversion", body=b"{}", headers=BEARER | {"Content-Type": "application/json"}),
    one("CloudEvents in XML", 415, "only", event(), headers={"Content-Type": "application/cloudevents+xml"},
        index=None),
    one("another charset", 415, "UTF-8", event(), headers={"Content-Type": f"{STRUCTURED}; charset=utf-16"},
        index=None),
    one("a compressed body", 415, "compressed", event(), headers={"Content-Encoding": "gzip"},
        index=None),
    one("an empty body", 400, "empty", b"", "value"),
    one("no JSON", 400, "not JSON", b"{", "value"),
    one("no UTF-8", 400, "UTF-8", b'{"id": "\xff"}', "value"),
    one("an array where one event belongs", 400, "array", [event()], "value"),
    one("null", 400, "object", b"null", "value"),
    one("an older CloudEvent", 400, "specversion", event(specversion="0.3"), "specversion"),
    one("no id", 400, "Field required", event(id=None), "id"),
    one("an id that is too long", 400, "256", event(id="x" * 257), "id"),
    one("no source", 400, "Field required", event(source=None), "source"),
    one("no time", 400, "Field required", event(time=None), "time"),
    one("a time without a zone", 400, "RFC 3339", event(time="2026-11-21T20:00:00"), "time"),
    one("a time before 2000", 400, "before 2000", event(time="1999-12-31T23:59:59Z"), "time"),
    one("a time in the future", 400, "10 minutes after", event(time=iso(now_ms() + 3_600_000)), "time"),
    one("an unknown type", 400, "unknown event type", event(type="message.lost"), "type"),
    one("no data", 400, "Field required", event(data=None), "data"),
    one("binary data", 400, "binary data", event(data_base64="eA=="), "data_base64"),
    one("a number for a text", 400, "string", event(data=DATA | {"contact_id": 7}), "data.contact_id"),
    one("no contact", 400, "Field required", event(data={"message_id": "m", "conversation_id": "c"}),
        "data.contact_id"),
    one("a lone surrogate", 400, "surrogate", event(data=DATA | {"text": "\ud800"}), "data.text"),
    one("NUL", 400, "NUL", event(data=DATA | {"text": "\0"}), "data.text"),
    one("another workspace", 403, "another workspace", event(workspaceid="ws_other"), "workspaceid"),
    one("another workspace, behind the key's", 403, "another workspace",
        json.dumps(event()).encode()[:-1] + b', "workspaceid": "ws_other"}', "workspaceid"),
    one("a type that is not the key's", 403, "not for", event(type="label.added", data=DATA | {"label_id": "l"}),
        "type",        headers={"Authorization": f"Bearer {NARROW_SECRET}"}),
    one("an event of more than 1 MiB", 413, "1048576", event(**BIG_TEXT)),
    many("a batch that is no array", 400, "no JSON array", event(), 0, "value"),
    many("a batch that is no JSON", 400, "no JSON array", b"[{]", 0, "value"),
    many("a batch of numbers", 400, "object", [1, 2], 0, "value"),
    many("a bad event behind good ones", 400, "Field required", [event(), event(), event(id=None)], 2, "id"),
    many("an event of another workspace in a batch", 403, "another", [event(), event(workspaceid="w")], 1,
         "workspaceid"),
    many("an event of more than 1 MiB in a batch", 413, "1048576", [event(), event(**BIG_TEXT)], 1),
    many("a batch of more than 8 MiB", 413, "8388608", b"[" + b" " * 8 * 2**20 + b"]"),
    binary("a binary event without a source", 400, "Field required", "source", source=None),
    binary("a binary event without a type", 400, "Field required", "type", type=None),
    binary("a binary event of another version", 400, "specversion", "specversion", specversion="2.0"),
    binary("a binary event whose body is no JSON", 400, "not JSON", "data", body=b"contact_id=1"),
    binary("a binary event whose body is an array", 400, "object", "data", body=b"[]"),
    binary("a binary event with data in a header", 400, "no attribute", "ce-data", data="{}"),
    binary("a binary event with a wrong percent code", 400, "UTF-8", "id", id="%FF"),
    challenge("no verify token", "hub.mode=subscribe&hub.challenge=1"),
    challenge("a wrong verify token", "hub.mode=subscribe&hub.verify_token=x&hub.challenge=1"),
    challenge("another mode", f"hub.mode=unsubscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1"),
    challenge("no challenge", f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}"),
    challenge("the token of another workspace",
              f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1", "ws_other"),
    meta("no signature", 401, "X-Hub-Signature-256"),
    meta("a wrong signature", 401, "X-Hub-Signature-256", X_Hub_Signature_256="sha256=" + "0" * 64),
    meta("the older signature", 401, "X-Hub-Signature-256", X_Hub_Signature="sha1=" + "0" * 40),
    meta("a signature of other letters", 401, "X-Hub-Signature-256", X_Hub_Signature_256="\xe9"),
    meta("a body of more than 4 MiB", 413, "4194304", b" " * (4 * 2**20 + 1)),
    web("an unknown public key", 403, "no such key", path="/t/unknown"),
    web("a service's key as a public one", 403, "no such key", path=f"/t/{SECRET}"),
    web("a page of another origin", 403, "origin", Origin="https://evil.example"),
    web("a page of another scheme", 403, "origin", Origin=ORIGIN.replace("https", "http")),
    web("a page of another port", 403, "origin", Origin=f"{ORIGIN}:8443"),
    web("a page of a longer host", 403, "origin", Origin=f"{ORIGIN}.evil.example"),
    web("a page without an origin of its own", 403, "origin", Origin="null"),
    web("no body of the tracker's", 400, "tracker", b"hello"),
    web("a body without events", 400, "tracker", b'{"schema": "x"}'),
    web("events that are no array", 400, "tracker", b'{"data": {}}'),
    web("a web event's body of more than 128 KiB", 400, "131072", b" " * (128 * 1024 + 1)),
]  # fmt: skip


@pytest.fixture(scope="module")
def door(pipeline: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    with running_front_door(pipeline, tmp_path_factory.mktemp("refusals")) as running:
        yield running


def test_the_table_has_at_least_forty_rows() -> None:
    assert len({refused.what for refused in TABLE}) == len(TABLE) >= 40


@pytest.mark.parametrize("refused", TABLE, ids=lambda item: item.what)
def test_it_is_refused(door: FrontDoor, refused: Refused) -> None:
    appended = door.metric("jejak_collect_appended_total")
    answer = door.request(refused.method, refused.path, refused.body, refused.headers)
    assert answer.status == refused.status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json
    assert (document["status"], document["type"]) == (refused.status, "about:blank")
    assert refused.detail.lower() in document["detail"].lower()
    assert (document.get("index"), document.get("field")) == (refused.index, refused.field)
    assert door.metric("jejak_collect_appended_total") == appended


@pytest.mark.parametrize("size", [32 * 2**20, 2**40])
def test_a_client_that_asks_first_need_not_send_its_body(door: FrontDoor, size: int) -> None:
    head = (
        f"POST /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SECRET}\r\nContent-Type: {BATCH}\r\n"
        f"Content-Length: {size}\r\nExpect: 100-continue\r\n\r\n"
    )
    parts = urlsplit(door.address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_head_without_end_is_cut_short(door: FrontDoor) -> None:
    parts = urlsplit(door.address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"x" * 40_000)
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_no_secret_is_logged(door: FrontDoor) -> None:
    """Behind all the refusals above, and a request that asks for everything to be told."""
    door.request("POST", "/events?key=" + SECRET, b"{", BEARER | {"Content-Type": STRUCTURED})
    door.track(page_view())
    said = door.logged() + door.said() + door.get("/metrics").body.decode()
    for secret in (SECRET, NARROW_SECRET, APP_SECRET, VERIFY_TOKEN, IDENTITY_SECRET, PAGE_KEY):
        assert secret not in said
