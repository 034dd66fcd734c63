"""From the tracker's events to Jejak's: the rules of contract section 8, and payloads captured from the tracker."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.http.sources.model import Page
from producers.http.tracker.bots import is_bot
from producers.http.tracker.clicks import Submits
from producers.http.tracker.clock import instant_ms
from producers.http.tracker.forms import traits_of
from producers.http.tracker.identity import without_signatures
from producers.http.tracker.payload import Payload, UnusableError, event_of
from producers.http.tracker.touches import Touch, touch_of
from schemas.validation import validate
from tests.support.front_door import IDENTITY_SECRET, ORIGIN, PAGE_KEY, WORKSPACE
from tests.support.processes import ROOT
from tests.support.web_events import SNOWPLOW, WebEvent, button_click, described, identify, link_click, page_view

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


class TestClock:
    """When a web event happened."""

    @given(
        made_ms=st.integers(1_700_000_000_000, 1_800_000_000_000),
        hours=st.integers(-48, 48),
        off_ms=st.integers(-HOUR // 2 + 60_000, HOUR // 2 - 60_000),
        waits=st.lists(st.integers(0, 50_000), min_size=2, max_size=5),
    )
    def test_a_retry_keeps_the_time(self, made_ms: int, hours: int, off_ms: int, waits: list[int]) -> None:
        """Whatever the clock's error, unless it is half an hour off, and the moment is not yet in our future."""
        behind = hours * HOUR + off_ms
        at = 60_000 + HOUR
        times = {
            instant_ms(str(made_ms - behind), str(made_ms - behind + at + wait), made_ms + at + wait) for wait in waits
        }
        assert len(times) == 1

    @given(st.integers(0, 2**42), st.integers(0, 2**42), st.integers(0, 2**42))
    def test_nothing_happens_after_it_was_received(self, made_ms: int, sent_ms: int, received_ms: int) -> None:
        assert instant_ms(str(made_ms), str(sent_ms), received_ms) <= received_ms

    def test_a_clock_in_another_zone_is_put_right(self) -> None:
        assert instant_ms(str(7 * HOUR + 5), str(7 * HOUR + 10), 60 * HOUR + 30) == 60 * HOUR + 5

    def test_a_clock_that_is_a_quarter_of_an_hour_off_is_left_alone(self) -> None:
        behind = HOUR // 4
        assert instant_ms(str(10 * HOUR - behind), str(10 * HOUR - behind), 10 * HOUR) == 10 * HOUR - behind

    def test_without_the_time_of_sending_the_browser_is_believed(self) -> None:
        assert instant_ms("1000", None, 60 * HOUR) == 1000


class TestForms:
    """What is kept of a form."""

    @pytest.mark.parametrize(
        ("field", "kept"),
        [
            ({"name": "nama", "type": "text"}, "name"),
            ({"name": "Nama Lengkap", "type": "text"}, "name"),
            ({"name": "your-name", "type": "text"}, "name"),
            ({"name": "contact[full_name]", "type": "text"}, "name"),
            ({"name": "card_name", "type": "text"}, None),
            ({"name": "username", "type": "text"}, None),
            ({"name": "company_name", "type": "text"}, None),
            ({"name": "name", "type": "hidden"}, None),
            ({"name": "name", "type": "password"}, None),
        ],
    )
    def test_a_name_is_told_by_the_whole_of_its_fields_name(self, field: dict[str, str], kept: str | None) -> None:
        found = traits_of([{"nodeName": "INPUT", "value": "Rina", **field}])
        assert found == ({kept: "Rina"} if kept else {})

    def test_first_and_last_name_are_one_name(self) -> None:
        fields = [{"name": "first_name", "value": "Rina"}, {"name": "last_name", "value": "Wulandari"}]
        assert traits_of(fields) == {"name": "Rina Wulandari"}

    def test_an_address_is_told_by_the_type_of_its_field(self) -> None:
        assert traits_of([{"name": "x1", "type": "email", "value": " a@b.co "}]) == {"email": "a@b.co"}

    def test_what_is_no_address_and_no_number_is_not_kept(self) -> None:
        fields = [{"name": "email", "value": "later"}, {"name": "hp", "type": "tel", "value": "call my sister"}]
        assert traits_of(fields) == {}

    @pytest.mark.parametrize("elements", [None, {}, "x", [1, None, {}], [{"name": 1, "value": "x"}]])
    def test_a_form_of_another_shape_says_nothing(self, elements: Any) -> None:
        assert traits_of(elements) == {}

    @given(st.lists(st.fixed_dictionaries({"name": st.text(), "value": st.text(), "type": st.text()})))
    def test_never_more_than_three_things_are_kept(self, fields: list[dict[str, str]]) -> None:
        assert traits_of(fields).keys() <= {"name", "email", "phone"}


class TestSubmitButtons:
    """A click that sends a form is left out where both are in one request."""

    def test_the_last_click_shortly_before_a_form_sent_it(self) -> None:
        submits = Submits()
        submits.click("v", 100, 0)
        submits.click("v", 900, 1)
        submits.click("other", 950, 2)
        submits.form("v", 903)
        assert submits.clicks() == {1}

    def test_two_forms_are_sent_by_two_clicks(self) -> None:
        submits = Submits()
        submits.click("v", 100, 0)
        submits.click("v", 300, 1)
        submits.form("v", 103)
        submits.form("v", 303)
        assert submits.clicks() == {0, 1}

    def test_a_click_long_before_or_behind_a_form_stays(self) -> None:
        submits = Submits()
        submits.click("v", 0, 0)
        submits.click("v", 5_001, 1)
        submits.form("v", 5_000)
        assert submits.clicks() == set()


def token(secret: str = IDENTITY_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    whole = {"sub": "wa:6281394420117", "exp": int(time.time()) + 600, **claims}
    return jwt.encode({name: value for name, value in whole.items() if value is not None}, secret, algorithm)


def test_a_signed_token_ties_the_visitor_to_its_contact() -> None:
    event = made(identify({"token": token()}))
    assert event["type"] == "contact.identified"
    assert event["data"] == {"visitor_id": VISITOR, "contact_id": "wa:6281394420117", "method": "token"}


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        "",
        "wa:6281394420117",
        token("another secret of the same length, about forty"),
        token(algorithm="HS512"),
        token(exp=int(time.time()) - 100),
        token(exp=int(time.time()) + 7_300),
        token(exp=None),
        token(sub=None),
        token(sub=""),
        token(sub="x" * 129),
        token(sub="\ud800"),
        jwt.encode({"sub": "x", "exp": int(time.time()) + 60}, "", "none"),
    ],
)
def test_a_token_that_proves_nothing_ties_nobody(bad: Any) -> None:
    with pytest.raises(UnusableError, match="token: "):
        touch(identify({"token": bad, "contact_id": "wa:6281394420117"}, uid="wa:6281394420117"))


def test_a_key_without_a_secret_takes_no_token() -> None:
    with pytest.raises(UnusableError, match="identity_secret"):
        touch(identify({"token": token()}), PAGE.model_copy(update={"identity_secret": None}))


def test_a_token_that_is_kept_opens_nothing() -> None:
    left = without_signatures(json.dumps({"ue_pr": json.dumps({"token": token()})}).encode())
    assert token().rpartition(".")[0].encode() in left
    assert token().rpartition(".")[2].encode() not in left


@pytest.mark.parametrize(
    ("user_agent", "visitor", "automated"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/147.0.0.0 Safari/537.36", True, True),
        ("", True, True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False, False),
        ("Mozilla/5.0 AppleWebKit/537.36 HeadlessChrome/147.0.7727.0 Safari/537.36", False, True),
        ("python-requests/2.32", False, True),
        ("Mozilla/5.0 HeadlessChrome/147.0 (compatible; AhrefsBot/7.0)", False, False),
    ],
)
def test_bots_are_no_visitors(user_agent: str, visitor: bool, automated: bool) -> None:
    assert is_bot(user_agent, automation=False) is not visitor
    assert is_bot(user_agent, automation=True) is not automated
