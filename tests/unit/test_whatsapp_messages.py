"""What becomes of each kind of message."""

from typing import Any

import pytest

from tests.support.webhooks import (
    INBOX,
    NUMBER,
    SECONDS,
    TIME,
    USER_ID,
    WAMID,
    Json,
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
from tests.support.webhooks import body as webhook


def first(*bodies: Json) -> Json:
    events, report = imported(*bodies)
    assert report.broken == []
    return data(events[0])


def test_a_text_is_an_incoming_message_and_a_contact() -> None:
    events, report = imported(received(message()))
    assert events == [
        {
            "specversion": "1.0",
            "id": WAMID,
            "source": f"/whatsapp/{INBOX}",
            "type": "message.incoming",
            "time": TIME,
            "workspaceid": "ws_kopi",
            "data": {
                "contact_id": f"wa:{NUMBER}",
                "conversation_id": f"wa:{INBOX}:{NUMBER}",
                "message_id": WAMID,
                "channel": "whatsapp",
                "inbox_id": INBOX,
                "message_type": "text",
                "text": "Halo",
            },
        },
        {
            "specversion": "1.0",
            "id": f"{WAMID}:contact",
            "source": f"/whatsapp/{INBOX}",
            "type": "contact.updated",
            "time": TIME,
            "workspaceid": "ws_kopi",
            "data": {"contact_id": f"wa:{NUMBER}", "name": "Rina", "phone": f"+{NUMBER}"},
        },
    ]
    assert report.events == {"message.incoming": 1, "contact.updated": 1}
    assert (report.bodies, report.skipped, report.broken) == (1, {}, [])


@pytest.mark.parametrize("timestamp", [SECONDS, int(SECONDS)])
def test_seconds_may_be_text_or_a_number(timestamp: object) -> None:
    events, _ = imported(received(message(timestamp=timestamp)))
    assert events[0]["time"] == TIME


MEDIA = {"id": "763", "mime_type": "image/jpeg", "sha256": "a"}


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("image", {**MEDIA, "caption": "Sudah transfer"}, "Sudah transfer"),
        ("image", MEDIA, None),
        ("video", {**MEDIA, "caption": "Bunyi begini"}, "Bunyi begini"),
        ("audio", {**MEDIA, "voice": True}, None),
        ("sticker", {**MEDIA, "animated": False}, None),
        ("document", {**MEDIA, "filename": "nota.pdf"}, "nota.pdf"),
        ("document", {**MEDIA, "filename": "nota.pdf", "caption": "Ini notanya"}, "Ini notanya"),
        ("location", {"latitude": -6.9, "name": "Kos", "address": "Jl. Tubagus"}, "Kos, Jl. Tubagus"),
        ("location", {"latitude": -6.9, "longitude": 107.6}, None),
        ("contacts", [{"name": {"formatted_name": "Ujang"}}, {"name": {"first_name": "Siti"}}], "Ujang, Siti"),
        ("contacts", [{"phones": [{"phone": "+62 877-3845-1090"}], "vcard": "…"}], "+62 877-3845-1090"),
        ("button", {"text": "Ya", "payload": "y"}, "Ya"),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "h", "title": "Hitam"}}, "Hitam"),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "g", "title": "Literan"}}, "Literan"),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": "{}"}}, "Sent"),
        ("interactive", {"type": "call_permission_reply", "call_permission_reply": {"response": "accept"}}, "accept"),
        ("reaction", {"message_id": "wamid.x", "emoji": "❤️"}, "❤️"),
        ("order", {"text": "Tolong cepat", "product_items": []}, "Tolong cepat"),
        ("order", {"product_items": [{"product_retailer_id": "literan", "quantity": 2}]}, "2 × literan"),
        ("unsupported", {"type": "poll_creation"}, None),
    ],
)  # fmt: skip
def test_a_reader_sees_what_was_written_or_tapped(kind: str, content: Any, text: str | None) -> None:
    fields = first(received(message(kind, content)))
    assert (fields["message_type"], fields.get("text")) == (kind, text)
    assert "text" in fields or text is None


@pytest.mark.parametrize(
    ("kind", "content", "facts"),
    [
        ("audio", {**MEDIA, "voice": True}, {"media_id": "763", "mime_type": "image/jpeg", "voice": True}),
        ("location", {"latitude": -6.9, "longitude": 107.6}, {"location": {"latitude": -6.9, "longitude": 107.6}}),
        ("button", {"text": "Ya", "payload": "y"}, {"button_payload": "y"}),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "h", "title": "H"}}, {"reply_id": "h"}),
        ("reaction", {"message_id": "wamid.x", "emoji": "❤️"}, {"reacted_message_id": "wamid.x"}),
        ("unsupported", {"type": "poll_creation"}, {"unsupported_type": "poll_creation"}),
    ],
)
def test_useful_facts_are_kept_as_further_fields(kind: str, content: Any, facts: Json) -> None:
    assert facts.items() <= first(received(message(kind, content))).items()


def test_what_a_message_answers_and_where_it_came_from_is_kept() -> None:
    product = {"catalog_id": "89", "product_retailer_id": "tumbler"}
    context = {"from": "622220545110", "id": "wamid.y", "forwarded": True, "referred_product": product}
    fields = first(received(message(context=context, group_id="Y2FwaV9n")))
    kept = {"context_message_id": "wamid.y", "forwarded": True, "referred_product": product, "group_id": "Y2FwaV9n"}
    assert kept.items() <= fields.items()


def test_a_message_with_errors_needs_no_content() -> None:
    errors = [{"code": 131051, "title": "Message type unknown"}]
    for kind in ("unsupported", "unknown", "image", "text"):
        fields = first(received({**message(kind, errors=errors), kind: None}))
        assert (fields["message_type"], fields["errors"], fields.get("text")) == (kind, errors, None)


def test_an_edit_a_revoke_and_a_type_of_tomorrow_are_counted_and_no_messages() -> None:
    events, report = imported(
        received(message("edit", {}), message("revoke", {}), message("hologram", {}), contacts=[]),
    )
    assert events == []
    assert report.skipped == {"messages.edit": 1, "messages.revoke": 1, "messages.hologram": 1}


def test_statuses_and_other_fields_are_counted_by_kind() -> None:
    statuses = [{"id": WAMID, "status": status} for status in ("sent", "read", "read")]
    events, report = imported(
        webhook(value(statuses=statuses)),
        webhook(value(errors=[{"code": 130429}])),
        webhook(value(user_actions=[{"action_type": "x"}])),
        webhook({"event": "PARTNER_ADDED"}, field="account_update"),
        webhook(value()),
    )
    assert (events, report.broken) == ([], [])
    assert report.skipped == {
        "statuses.sent": 1,
        "statuses.read": 2,
        "errors": 1,
        "user_actions": 1,
        "fields.account_update": 1,
        "empty": 1,
    }


def test_an_echo_is_an_outgoing_message_of_a_human_to_whom_it_was_sent() -> None:
    echo = message(**{"from": "622220545110"}, to=f"+{NUMBER}", timestamp=int(SECONDS))
    events, report = imported(echoed(echo))
    assert types(events) == ["message.outgoing", "contact.updated"]
    assert (events[0]["id"], events[0]["time"], events[0]["source"]) == (WAMID, TIME, f"/whatsapp/{INBOX}")
    assert data(events[0]) == {
        "contact_id": f"wa:{NUMBER}",
        "conversation_id": f"wa:{INBOX}:{NUMBER}",
        "message_id": WAMID,
        "channel": "whatsapp",
        "inbox_id": INBOX,
        "message_type": "text",
        "text": "Halo",
        "sender": "human",
    }
    assert data(events[1]) == {"contact_id": f"wa:{NUMBER}", "phone": f"+{NUMBER}"}
    assert report.broken == []


@pytest.mark.parametrize("field", ["to_user_id", "recipient_user_id"])
def test_an_echo_to_somebody_without_a_number_goes_to_the_user_id(field: str) -> None:
    events, _ = imported(echoed(message(**{"from": "622220545110", field: USER_ID})))
    assert types(events) == ["message.outgoing"]
    assert data(events[0])["contact_id"] == f"wa:{USER_ID}"
    assert data(events[0])["conversation_id"] == f"wa:{INBOX}:{USER_ID}"


def test_an_edited_or_revoked_echo_is_counted() -> None:
    events, report = imported(echoed(message("revoke", {"original_message_id": WAMID}, to=NUMBER)))
    assert (events, report.skipped) == ([], {"message_echoes.revoke": 1})


def test_an_echo_without_a_recipient_is_reported_and_not_put_on_the_business() -> None:
    events, report = imported(echoed(message()))
    assert events == []
    place = "entry[0].changes[0].value.message_echoes[0]"
    assert reasons(report) == [f"{place}.to is missing, and so is to_user_id"]


def test_one_body_may_hold_many_entries_changes_and_messages() -> None:
    def inbox(number_id: str, *messages: Json) -> Json:
        return {**value(contacts=[contact()], messages=list(messages)), "metadata": {"phone_number_id": number_id}}

    whole = webhook(inbox("1", message(id="a"), message(id="b")), inbox("2", message(id="c")))
    whole["entry"] += webhook(inbox("3", message(id="d")))["entry"]
    events, _ = imported(whole)
    written = [event for event in events if event["type"] == "message.incoming"]
    assert [(event["source"], event["id"]) for event in written] == [
        ("/whatsapp/1", "a"),
        ("/whatsapp/1", "b"),
        ("/whatsapp/2", "c"),
        ("/whatsapp/3", "d"),
    ]
