"""Bodies of kinds that importers lose or bend: groups, answers, cards, errors, history (contract, section 5)."""

import base64
import uuid
from typing import Any

import pytest

from producers.whatsapp.phone import canonical, same_number
from tests.support.webhooks import (
    INBOX,
    NUMBER,
    Json,
    body,
    contact,
    data,
    echoed,
    imported,
    message,
    reasons,
    received,
    types,
    value,
)

BRAZIL, BRAZIL_SHORT = "5541988887777", "554188887777"
VISITOR = "0193b2f4-5c1e-4a7b-9d1c-0a1b2c3d4e5f"


def reference(visitor: str) -> str:
    return base64.urlsafe_b64encode(uuid.UUID(visitor).bytes).decode().rstrip("=")


def first(*bodies: Json) -> Json:
    return data(imported(*bodies)[0][0])


@pytest.mark.parametrize(
    ("spelt", "digits"),
    [
        ("5541988887777", BRAZIL),
        ("554188887777", BRAZIL),
        ("+554188887777", BRAZIL),
        ("554133334444", "554133334444"),  # a landline has eight digits
        ("5215512345678", "525512345678"),
        ("525512345678", "525512345678"),
        ("5491155551234", "5491155551234"),
        ("6208123456789", "628123456789"),
        ("6281394420117", "6281394420117"),
        ("123", "123"),
        ("rina", "rina"),
    ],
)
def test_a_number_s_digits_are_those_of_its_e164_form(spelt: str, digits: str) -> None:
    assert canonical(spelt) == digits
    assert canonical(digits) == digits


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (BRAZIL, BRAZIL_SHORT, True),
        ("541155551234", "5491155551234", True),
        ("5215512345678", "525512345678", True),
        # The last eight digits and the country are the same.
        ("5511988887777", "5541988887777", False),
        ("6281288887777", "6285788887777", False),
        ("rina", "rina", False),
    ],
)
def test_only_whole_numbers_agree(one: str, other: str, is_same: bool) -> None:
    assert same_number(one, other) is is_same


def test_a_brazilian_s_message_wa_id_and_echo_are_one_contact_and_one_conversation() -> None:
    came = received(message(**{"from": BRAZIL}), contacts=[contact(BRAZIL_SHORT)])
    for sent_to in (BRAZIL, BRAZIL_SHORT):
        events, _ = imported(came, echoed(message(id="echo", to=sent_to)))
        messages = [data(event) for event in events if str(event["type"]).startswith("message.")]
        assert {item["contact_id"] for item in messages} == {f"wa:{BRAZIL}"}
        assert {item["conversation_id"] for item in messages} == {f"wa:{INBOX}:{BRAZIL}"}
        assert data(events[1])["phone"] == f"+{BRAZIL}"


def test_a_message_to_a_group_is_in_the_group_s_conversation() -> None:
    both = received(message(id="a", group_id="G1"), message(id="b"))
    conversations = [data(item)["conversation_id"] for item in imported(both)[0] if item["type"] == "message.incoming"]
    assert conversations == [f"wa:{INBOX}:group:G1", f"wa:{INBOX}:{NUMBER}"]


def test_a_reaction_that_is_taken_back_is_no_message_and_counted() -> None:
    for content in ({"message_id": "wamid.x"}, {"message_id": "wamid.x", "emoji": ""}):
        events, report = imported(received(message("reaction", content)))
        assert events == []
        assert report.skipped == {"messages.reaction.removed": 1}
        assert report.broken == []


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        (
            "contacts",
            [
                {
                    "name": {"formatted_name": "Pak Joko"},
                    "phones": [{"phone": "+1 555 010 9999", "wa_id": "15550109999"}],
                    "emails": [{"email": "joko@kopi.id", "type": "WORK"}],
                }
            ],
            "Pak Joko",
        ),
        (
            "interactive",
            {
                "type": "call_permission_reply",
                "call_permission_reply": {"response": "reject", "expiration_timestamp": "1764604800"},
            },
            "reject",
        ),
        ("interactive", {"type": "payment_method", "payment_method": {"status": "captured", "id": "p1"}}, "captured"),
        (
            "order",
            {"catalog_id": "c", "product_items": [{"product_retailer_id": "literan", "quantity": 2}]},
            "2 × literan",
        ),
        ("location", {"latitude": -6.9, "longitude": 107.6, "name": "Kos"}, "Kos"),
        ("image", {"id": "763", "mime_type": "image/jpeg", "sha256": "x"}, None),
    ],
    ids=lambda item: item if isinstance(item, str) else None,
)
def test_what_a_message_holds_is_kept_as_sent_under_the_name_of_its_type(
    kind: str, content: Any, text: str | None
) -> None:
    fields = first(received(message(kind, content)))
    assert fields[kind] == content
    assert fields.get("text") == text


def test_an_interactive_message_without_content_is_a_message_with_the_errors_beside_it() -> None:
    errors = [{"code": 131000, "title": "Something went wrong"}]
    events, report = imported(body(value(messages=[message("interactive")], contacts=[contact()], errors=errors)))
    assert types(events) == ["message.incoming", "contact.updated"]
    assert data(events[0])["errors"] == errors
    assert report.broken == []


def history(*threads: Json) -> Json:
    chunk = {"metadata": {"phase": 0, "chunk_order": 1, "progress": 100}, "threads": list(threads)}
    return body(value(history=[chunk]), field="history")


def test_a_history_is_the_messages_of_its_threads_with_their_own_times() -> None:
    thread = {
        "id": BRAZIL_SHORT,
        "messages": [
            message(id="h1", timestamp="1700000000", **{"from": BRAZIL}),
            message(id="h2", timestamp="1700000060", **{"from": "15550783881", "to": BRAZIL}),
            message("media_placeholder", {}, id="h3", timestamp="1700000070", **{"from": BRAZIL}),
        ],
    }
    events, report = imported(history(thread))
    assert [(item["type"], item["id"], item["time"]) for item in events] == [
        ("message.incoming", "h1", "2023-11-14T22:13:20.000Z"),
        ("contact.updated", "h1:contact", "2023-11-14T22:13:20.000Z"),
        ("message.outgoing", "h2", "2023-11-14T22:14:20.000Z"),
        ("contact.updated", "h2:contact", "2023-11-14T22:14:20.000Z"),
    ]
    assert {data(item)["contact_id"] for item in events} == {f"wa:{BRAZIL}"}
    assert report.skipped == {"history.media_placeholder": 1}


def test_a_broken_thread_leaves_the_others() -> None:
    good = {"id": NUMBER, "messages": [message(id="h1", **{"from": NUMBER})]}
    events, report = imported(history({"messages": []}, good))
    assert types(events) == ["message.incoming", "contact.updated"]
    assert reasons(report) == ["entry[0].changes[0].value.history[0].threads[0].id is missing"]


def test_an_address_book_names_its_contacts() -> None:
    def entry(action: str, number: str, **names: str) -> Json:
        person = {**names, "phone_number": number}
        return {"type": "contact", "action": action, "contact": person, "metadata": {"timestamp": "1764000000"}}

    entries = [entry("add", BRAZIL_SHORT, full_name="Bia Costa"), entry("remove", NUMBER), entry("add", NUMBER)]
    events, report = imported(body(value(state_sync=entries), field="smb_app_state_sync"))
    assert [(item["type"], data(item)) for item in events] == [
        ("contact.updated", {"contact_id": f"wa:{BRAZIL}", "name": "Bia Costa", "phone": f"+{BRAZIL}"}),
    ]
    assert report.skipped == {"state_sync.remove": 1, "state_sync.add": 1}


def test_a_reference_ties_the_visitor_a_millisecond_before_and_is_left_out_of_the_text() -> None:
    events, _ = imported(received(message(text={"body": f"halo kak [ref:{reference(VISITOR)}]"})))
    tie, text = events[0], events[1]
    assert (tie["type"], tie["id"]) == ("contact.identified", f"{text['id']}:ref")
    assert data(tie) == {"visitor_id": VISITOR, "contact_id": f"wa:{NUMBER}"}
    assert (str(text["time"])[-5:], str(tie["time"])[-5:]) == (".000Z", ".999Z")
    assert data(text)["text"] == "halo kak"


@pytest.mark.parametrize(
    "text",
    [
        "[ref:short]",
        f"[ref:{reference(VISITOR)}x]",
        f"[ref:{reference(VISITOR)[:-1]}!]",
        # Its last character holds bits that 16 bytes do not have.
        f"[ref:{reference(VISITOR)[:-1]}_]",
        f"ref:{reference(VISITOR)}",
    ],
)
def test_what_only_looks_like_a_reference_stays_in_the_text(text: str) -> None:
    events, _ = imported(received(message(text={"body": text})))
    assert types(events) == ["message.incoming", "contact.updated"]
    assert data(events[0])["text"] == text


def test_of_several_references_the_first_ties_and_all_are_left_out() -> None:
    other = str(uuid.UUID(int=7))
    text = f"[ref:{reference(VISITOR)}] halo [ref:{reference(other)}]"
    events, _ = imported(received(message(text={"body": text})))
    assert data(events[0])["visitor_id"] == VISITOR
    assert data(events[1])["text"] == "halo"


def test_a_reference_in_an_echo_ties_nobody() -> None:
    events, _ = imported(echoed(message(to=NUMBER, text={"body": f"lihat [ref:{reference(VISITOR)}]"})))
    assert "contact.identified" not in types(events)
    assert "[ref:" in data(events[0])["text"]


def test_the_same_body_again_is_the_same_events() -> None:
    whole = received(message(text={"body": f"halo [ref:{reference(VISITOR)}]"}), contacts=[contact()])
    assert imported(whole)[0] == imported(whole)[0]
