"""Click-to-WhatsApp ads: the click before the message."""

import pytest

from tests.support.webhooks import INBOX, NUMBER, TIME, WAMID, Json, data, imported, message, reasons, received, types

AD: Json = {
    "source_url": "https://fb.me/3cr4Wqqkv",
    "source_id": "120231774400580471",
    "source_type": "ad",
    "body": "Stok kulkas buat seminggu.",
    "headline": "Kopi Susu 1 Liter",
    "media_type": "image",
    "image_url": "https://img.cdn.example/1.jpg",
    "ctwa_clid": "Afe-x",
    "welcome_message": {"text": "Mau pesan apa?"},
}


def test_a_message_by_an_ad_yields_a_click_one_millisecond_before_it_and_keeps_its_referral() -> None:
    events, report = imported(received(message(referral=AD)))
    assert types(events) == ["ctwa.click", "message.incoming", "contact.updated"]
    click, written, _ = events
    assert (click["id"], click["time"]) == (f"{WAMID}:ctwa", "2026-11-21T19:59:59.999Z")
    assert click["source"] == f"/whatsapp/{INBOX}"
    assert data(click) == {
        "contact_id": f"wa:{NUMBER}",
        "conversation_id": f"wa:{INBOX}:{NUMBER}",
        "message_id": WAMID,
        "referral": AD,
    }
    assert (written["id"], written["time"], data(written)["referral"]) == (WAMID, TIME, AD)
    assert report.broken == []


def test_a_webhook_delivered_twice_gives_the_same_ids() -> None:
    once, _ = imported(received(message(referral=AD)))
    twice, _ = imported(received(message(referral=AD)), received(message(referral=AD)))
    assert twice == once + once


def test_an_ad_in_a_status_has_no_click_id_and_is_a_click() -> None:
    events, _ = imported(received(message(referral={**AD, "ctwa_clid": None})))
    assert types(events)[0] == "ctwa.click"


@pytest.mark.parametrize("source_type", ["post", "AD", "", None, "story"])
def test_only_an_ad_is_a_click(source_type: str | None) -> None:
    referral = {**AD, "source_type": source_type}
    events, _ = imported(received(message(referral=referral)))
    assert types(events) == ["message.incoming", "contact.updated"]
    assert data(events[0])["referral"] == referral


@pytest.mark.parametrize("missing", [{}, {"source_id": "", "source_url": None}])
def test_an_ad_that_does_not_say_which_is_kept_and_is_no_click(missing: Json) -> None:
    referral = {"source_type": "ad", "headline": "Kopi", **missing}
    events, report = imported(received(message(referral=referral)))
    assert types(events) == ["message.incoming", "contact.updated"]
    assert data(events[0])["referral"] == referral
    assert report.broken == []


@pytest.mark.parametrize("kind", ["image", "contacts", "interactive"])
def test_an_ad_may_lead_to_a_message_of_any_type(kind: str) -> None:
    content = [] if kind == "contacts" else {"type": "x"}
    events, _ = imported(received(message(kind, content, referral=AD)))
    assert types(events)[:2] == ["ctwa.click", "message.incoming"]


@pytest.mark.parametrize(
    ("referral", "reason"),
    [
        ({**AD, "source_id": 120231774400580471}, ".source_id is a number, not a string"),
        ({**AD, "headline": "a\0b"}, ".headline holds a NUL"),
        ({**AD, "welcome_message": {"text": "\ud800"}}, " holds a lone surrogate"),
        ({**AD, "novelty": 10**30}, " holds a number that is too large"),
        ("ad", " is a string, not an object"),
    ],
)
def test_a_referral_that_no_event_can_hold_is_reported(referral: object, reason: str) -> None:
    events, report = imported(received(message(referral=referral)))
    assert events == []
    assert reasons(report) == [f"entry[0].changes[0].value.messages[0].referral{reason}"]


def test_what_meta_adds_to_the_referral_is_kept() -> None:
    referral = {**AD, "ad_placement": {"surface": "reels", "rank": 3}}
    events, _ = imported(received(message(referral=referral)))
    assert data(events[0])["referral"] == data(events[1])["referral"] == referral
