"""What is broken is reported with its place, and stops nothing else."""

import json
from typing import Any

import pytest

from producers.whatsapp import WhatsAppImport
from tests.support.webhooks import (
    NUMBER,
    USER_ID,
    body,
    contact,
    data,
    imported,
    imported_text,
    message,
    reasons,
    received,
    types,
    value,
)

HERE = "entry[0].changes[0].value"
GOOD = json.dumps(received(message(id="good")))


def test_broken_lines_are_reported_by_number_and_the_others_imported() -> None:
    events, report = imported_text(f'{GOOD}\n{{"object": \n[]\n"x"\n{{"entry": 5}}\n{GOOD}\n')
    assert types(events) == ["message.incoming", "contact.updated"] * 2
    assert [str(broken) for broken in report.broken] == [
        "webhooks.jsonl:2: the body is not JSON: Expecting value at column 11",
        "webhooks.jsonl:4: the body is a string, not an object",
        "webhooks.jsonl:5: entry is a number, not an array",
    ]


@pytest.mark.parametrize(
    ("whole", "reason"),
    [
        (None, "the body is null, not an object"),
        ([], "the body is an array, not an object"),
        ({}, "entry is missing"),
        ({"object": "page", "entry": []}, "object is 'page', not whatsapp_business_account"),
        ({"entry": ["x"]}, "entry[0] is a string, not an object"),
        ({"entry": [{"id": "1"}]}, "entry[0].changes is missing"),
        ({"entry": [{"changes": [{}]}]}, "entry[0].changes[0].field is missing"),
        ({"entry": [{"changes": [{"field": "messages"}]}]}, "entry[0].changes[0].value is missing"),
        (body({"messages": [{}]}), f"{HERE}.metadata is missing"),
        (body({"messages": [{}], "metadata": {}}), f"{HERE}.metadata.phone_number_id is missing"),
        (body(value(messages={})), f"{HERE}.messages is an object, not an array"),
        (body(value(statuses="x")), f"{HERE}.statuses is a string, not an array"),
    ],
)
def test_a_body_of_the_wrong_shape_is_reported_with_the_field(whole: object, reason: str) -> None:
    events, report = imported(whole)
    assert (events, reasons(report)) == ([], [reason])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": None}, ".id is missing"),
        ({"id": ""}, ".id is missing"),
        ({"id": 7}, ".id is a number, not a string"),
        ({"id": "a\0"}, ".id holds a NUL"),
        ({"timestamp": None}, ".timestamp is missing"),
        ({"timestamp": "kemarin"}, ".timestamp is 'kemarin', not seconds since 1970"),
        ({"timestamp": "1795291200000"}, ".timestamp is '1795291200000', not seconds since 1970"),
        ({"timestamp": -1}, ".timestamp is -1, not seconds since 1970"),
        ({"timestamp": 1.5}, ".timestamp is 1.5, not seconds since 1970"),
        ({"timestamp": True}, ".timestamp is True, not seconds since 1970"),
        ({"type": None}, ".type is missing"),
        ({"from": 628}, ".from is a number, not a string"),
        ({"text": None}, ".text is missing"),
        ({"text": "Halo"}, ".text is a string, not an object"),
        ({"text": {"body": 1}}, ".text.body is a number, not a string"),
        ({"text": {"body": "a\0b"}}, ".text.body holds a NUL"),
        ({"text": {"body": "\ud83d"}}, ".text.body holds a lone surrogate"),
    ],
)
def test_a_broken_message_is_reported_and_its_siblings_are_imported(fields: dict[str, Any], reason: str) -> None:
    broken = {name: content for name, content in {**message(), **fields}.items() if content is not None}
    events, report = imported(received(message(id="before"), broken, message(id="behind")))
    assert [event["id"] for event in events if event["type"] == "message.incoming"] == ["before", "behind"]
    assert reasons(report) == [f"{HERE}.messages[1]{reason}"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": "w" * 129}, "message.incoming: data.message_id is longer than 128 characters"),
        ({"from": "9" * 126}, "message.incoming: data.contact_id is longer than 128 characters"),
        ({"from": "9" * 120}, "message.incoming: data.conversation_id is longer than 128 characters"),
        ({"timestamp": "946684799"}, "timestamp gives message.incoming a time before 2000 or after 2299"),
        ({"timestamp": "999999999999"}, "timestamp gives message.incoming a time before 2000 or after 2299"),
        ({"text": {"body": "a" * 1_048_576}}, "message.incoming has more than 1048576 bytes"),
    ],
)
def test_what_would_break_a_limit_of_the_contract_is_reported_and_never_emitted(
    fields: dict[str, Any], reason: str
) -> None:
    events, report = imported(received({**message(), **fields}))
    assert (events, reasons(report)) == ([], [reason])


def test_a_tie_too_long_for_an_event_does_not_take_the_message_with_it() -> None:
    events, report = imported(received(message(from_user_id="ID." + "9" * 128), contacts=[]))
    assert types(events) == ["message.incoming", "contact.updated"]
    assert reasons(report) == ["contact.merged: data.previous_id is longer than 128 characters"]


def test_a_broken_contact_is_reported_and_the_message_is_imported_without_it() -> None:
    contacts: list[Any] = [{"wa_id": 628}, "x", contact(NUMBER, "Ri\0na"), contact(USER_ID, "Lain")]
    events, report = imported(received(message(), contacts=contacts))
    assert types(events) == ["message.incoming", "contact.updated"]
    assert data(events[1]) == {"contact_id": f"wa:{NUMBER}", "phone": f"+{NUMBER}"}
    assert reasons(report) == [
        f"{HERE}.contacts[0].wa_id is a number, not a string",
        f"{HERE}.contacts[1] is a string, not an object",
        f"{HERE}.contacts[2].profile.name holds a NUL",
    ]


def test_an_extra_that_no_event_can_hold_is_left_out() -> None:
    context = {"id": "a\0", "forwarded": True}
    events, report = imported(received(message("image", {"id": "\ud800", "caption": "Ini"}, context=context)))
    assert data(events[0]).keys() & {"media_id", "context_message_id", "forwarded", "text"} == {"forwarded", "text"}
    assert report.broken == []


@pytest.mark.parametrize("workspace", ["", "w" * 129, "a\0", "\ud800"])
def test_a_workspace_that_no_event_may_have_is_refused(workspace: str) -> None:
    with pytest.raises(ValueError, match="1 to 128"):
        WhatsAppImport(workspace)
