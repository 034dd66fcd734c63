"""From the tracker's events to Jejak's: the rules of contract section 8, and payloads captured from the tracker."""

import base64
import json
import time
from typing import Any

import pytest

from producers.http.sources.model import Page
from producers.http.tracker.payload import Payload, UnusableError, event_of
from producers.http.tracker.touches import Touch, touch_of
from schemas.validation import validate
from tests.support.front_door import IDENTITY_SECRET, ORIGIN, PAGE_KEY, WORKSPACE
from tests.support.processes import ROOT
from tests.support.web_events import SNOWPLOW, WebEvent, button_click, described, link_click, page_view

HOUR = 3_600_000
PAYLOADS = ROOT / "tests" / "support" / "tracker_payloads"
VISITOR = "f66a07f0-b910-4ed6-a795-a9b3cbba1edb"
PAGE = Page.model_validate(
    {"workspace": WORKSPACE, "key": PAGE_KEY, "origins": [ORIGIN], "identity_secret": IDENTITY_SECRET}
)


def touch(event: WebEvent, page: Page = PAGE, received_ms: int | None = None) -> Touch | None:
    now = int(time.time() * 1000) if received_ms is None else received_ms
    return touch_of(page, event_of(json.dumps(event).encode()), now)


def made(event: WebEvent, received_ms: int | None = None) -> dict[str, Any]:
    """The event that is made, which is one by the contract."""
    found = touch(event, received_ms=received_ms)
    assert found is not None
    validate(found.value)
    whole: dict[str, Any] = json.loads(found.value)
    return whole


def captured(name: str) -> dict[str, Any]:
    body = json.loads((PAYLOADS / f"snowplow_{name}.json").read_text())["body"]
    sent = Payload(json.dumps(body).encode())
    assert len(sent) == 1
    event = sent.event(0)
    found = touch_of(PAGE, event, int(event.stm or 0) + 40)
    assert found is not None
    validate(found.value)
    whole: dict[str, Any] = json.loads(found.value)
    return whole


def test_a_captured_page_view_becomes_a_page_view() -> None:
    event = captured("page_view")
    assert event == {
        "specversion": "1.0",
        "id": "df491863-38ad-4b0d-a5c2-616d171ae38f",
        "source": "/web/127.0.0.1",
        "type": "web.page_view",
        "time": "2026-11-25T19:23:39.503Z",
        "workspaceid": WORKSPACE,
        "data": {
            "visitor_id": VISITOR,
            "url": "http://127.0.0.1:9800/sp.html?utm_source=google&utm_medium=cpc&utm_campaign=lebaran&utm_term=kopi"
            "&utm_content=a1&gclid=Cj0KCQ_TEST&fbclid=IwAR0_TEST",
            "title": "Menu Kopi",
            "referrer": "https://www.google.com/",
            "web_session_id": "274501ca-0332-4c3d-9f2d-b507a3367132",
        },
    }


def test_a_captured_button_click_becomes_a_button_click() -> None:
    event = captured("button_click")
    assert event["type"] == "web.button_click"
    assert event["data"]["element_id"] == "btn-promo"
    assert event["data"]["element_text"] == "Lihat promo"


def test_a_captured_link_click_becomes_a_button_click_that_leads_somewhere() -> None:
    event = captured("link_click_wa_me")
    assert event["type"] == "web.button_click"
    assert event["data"]["element_id"] == "wa"
    assert event["data"]["target_url"] == "https://wa.me/6281200000000?text=Halo%20kak%20%5Bref%3A7f3k%5D"


def test_a_captured_form_keeps_a_name_an_address_and_a_number() -> None:
    event = captured("form_submit")
    assert event["type"] == "web.form_submitted"
    assert event["data"]["form_id"] == "daftar"
    traits = {"name": "Rina Wulandari", "email": "rina@example.com", "phone": "0813-9442-0117"}
    assert event["data"]["traits"] == traits
    assert "promo" not in json.dumps(event["data"]["traits"])


def test_a_captured_claim_of_who_somebody_is_ties_nobody() -> None:
    with pytest.raises(UnusableError, match="token: missing"):
        captured("identify_selfdescribing_with_uid")


@pytest.mark.parametrize(
    ("fields", "element"),
    [
        ({"id": "a", "name": "b", "label": "c"}, "a"),
        ({"name": "b", "label": "c"}, "b"),
        ({"label": "c"}, "c"),
        ({"id": " ", "label": "Kirim " * 40}, ("Kirim " * 40)[:128]),
    ],
)
def test_a_button_is_told_by_its_id_else_its_name_else_its_label(fields: dict[str, str], element: str) -> None:
    assert made(button_click(fields))["data"]["element_id"] == element


def test_a_link_without_an_id_is_told_by_its_address() -> None:
    event = made(link_click({"targetUrl": "https://wa.me/" + "6" * 200}))
    assert event["data"]["element_id"] == ("https://wa.me/" + "6" * 200)[:128]
    assert event["data"]["target_url"] == "https://wa.me/" + "6" * 200


def test_a_self_describing_event_in_base64_is_read_too() -> None:
    event = button_click()
    event["ue_px"] = base64.urlsafe_b64encode(event.pop("ue_pr").encode()).decode().rstrip("=")
    assert made(event)["data"]["element_id"] == "btn-promo"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"eid": None}, "eid: missing"),
        ({"url": None}, "url: missing"),
        ({"url": "about:blank"}, "url: has no host"),
        ({"url": "http://[::1"}, "url: has no host"),
        ({"dtm": None}, "dtm: "),
        ({"dtm": "soon"}, "dtm: "),
        ({"dtm": "9" * 40}, "dtm: "),
        ({"stm": "-1"}, "stm: "),
    ],
)
def test_what_an_event_lacks_is_named(change: dict[str, str | None], words: str) -> None:
    with pytest.raises(UnusableError, match=words):
        touch(page_view(**change))


@pytest.mark.parametrize(
    "event",
    [
        page_view(e="pp"),
        page_view(e="se"),
        described(f"{SNOWPLOW}/focus_form/jsonschema/1-0-0", {}),
        described("iglu:com.shop/link_click/jsonschema/1-0-0", {}),
    ],
)
def test_what_the_contract_has_no_event_for_is_nothing(event: WebEvent) -> None:
    assert touch(event) is None


def test_one_event_that_cannot_be_read_leaves_the_others() -> None:
    parts = [b'{"e":"pv","eid":"1"}', b'{"e":"pv","eid":2}', b'{"e":"pv",  "eid":"3"}']
    sent = Payload(b'{"data":[' + b",".join(parts) + b"]}")
    assert [sent.event(0).eid, sent.event(2).eid] == ["1", "3"]
    with pytest.raises(UnusableError, match="eid"):
        sent.event(1)
    assert [sent.part(place) for place in range(len(sent))] == parts
