"""Whose message it is: numbers, business-scoped user ids, and what ties them."""

import pytest

from tests.support.webhooks import (
    INBOX,
    NUMBER,
    TIME,
    USER_ID,
    WAMID,
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

OTHER = "6285721903348"
NEW_USER_ID = "ID.5527781904463028"


def merges(*bodies: Json) -> list[tuple[object, str, str]]:
    """Each `contact.merged` as its id, the contact that stays and the previous one."""
    events, _ = imported(*bodies)
    tied = [event for event in events if event["type"] == "contact.merged"]
    return [(event["id"], data(event)["contact_id"], data(event)["previous_id"]) for event in tied]


def system(kind: str, **fields: str) -> Json:
    return body(value(messages=[message("system", {"type": kind, "body": "…", **fields})]))


def no_number(body_: Json) -> Json:
    del body_["entry"][0]["changes"][0]["value"]["messages"][0]["from"]
    return body_


def test_contacts_are_matched_by_id_whatever_their_order() -> None:
    contacts = [contact(OTHER, "Dimas"), contact(NUMBER, "Rina")]
    events, _ = imported(received(message(id="a"), message(id="b", **{"from": OTHER}), contacts=contacts))
    names = {event["id"]: data(event)["name"] for event in events if event["type"] == "contact.updated"}
    assert names == {"a:contact": "Rina", "b:contact": "Dimas"}


def test_a_contact_of_somebody_else_lends_no_name() -> None:
    events, _ = imported(received(message(), contacts=[contact(OTHER, "Dimas")]))
    assert data(events[1]) == {"contact_id": f"wa:{NUMBER}", "phone": f"+{NUMBER}"}


@pytest.mark.parametrize(
    ("number", "wa_id", "phone"),
    [
        ("541155551234", "5491155551234", "5491155551234"),
        ("525512345678", "5215512345678", "525512345678"),
        ("5511988887777", "551188887777", "5511988887777"),
        ("551188887777", "551188887777", "5511988887777"),
    ],
)
def test_a_number_that_is_spelt_another_way_is_one_contact_with_the_full_phone(
    number: str, wa_id: str, phone: str
) -> None:
    events, _ = imported(received(message(**{"from": number}), contacts=[contact(wa_id)]))
    assert (data(events[0])["contact_id"], data(events[1])["phone"]) == (f"wa:{phone}", f"+{phone}")
    assert data(events[0])["conversation_id"] == f"wa:{INBOX}:{phone}"
    assert data(events[1])["name"] == "Rina"


def test_a_user_without_a_number_is_named_by_the_user_id() -> None:
    events, report = imported(
        no_number(received(message(from_user_id=USER_ID), contacts=[contact(None, "Bagas", USER_ID)]))
    )
    assert types(events) == ["message.incoming", "contact.updated"]
    assert data(events[0])["contact_id"] == f"wa:{USER_ID}"
    assert data(events[0])["conversation_id"] == f"wa:{INBOX}:{USER_ID}"
    assert data(events[1]) == {"contact_id": f"wa:{USER_ID}", "name": "Bagas", "user_id": USER_ID}
    assert report.broken == []


def test_a_message_that_names_nobody_is_its_only_contacts() -> None:
    events, _ = imported(no_number(received(message(), contacts=[contact(None, "Bagas", USER_ID)])))
    assert data(events[0])["contact_id"] == f"wa:{USER_ID}"


def test_a_message_that_could_be_anybodys_is_reported() -> None:
    events, report = imported(no_number(received(message(), contacts=[contact(), contact(OTHER)])))
    assert events == []
    assert reasons(report) == ["entry[0].changes[0].value.messages[0].from is missing, and so is from_user_id"]


def test_both_ids_make_one_merge_a_pair_and_run() -> None:
    both = received(message(from_user_id=USER_ID), contacts=[contact(NUMBER, "Rina", USER_ID)])
    later = received(message(id="later", from_user_id=USER_ID))
    events, _ = imported(both, both, later)
    assert types(events).count("contact.merged") == 1
    assert types(events).count("message.incoming") == 3
    (merge,) = [event for event in events if event["type"] == "contact.merged"]
    assert (merge["id"], merge["time"]) == (f"{WAMID}:merge", TIME)
    assert data(merge) == {"contact_id": f"wa:{NUMBER}", "previous_id": f"wa:{USER_ID}"}


def test_the_contact_alone_may_know_the_second_id() -> None:
    expected = [(f"{WAMID}:merge", f"wa:{NUMBER}", f"wa:{USER_ID}")]
    assert merges(received(message(), contacts=[contact(NUMBER, "Rina", USER_ID)])) == expected
    known = contact(NUMBER, "Rina", USER_ID)
    assert merges(no_number(received(message(from_user_id=USER_ID), contacts=[known]))) == expected


def test_an_echo_with_both_ids_ties_them_too() -> None:
    assert merges(echoed(message(to=NUMBER, to_user_id=USER_ID))) == [
        (f"{WAMID}:merge", f"wa:{NUMBER}", f"wa:{USER_ID}")
    ]


def test_a_user_name_and_the_parent_id_are_kept_with_the_contact() -> None:
    known = contact(NUMBER, None, USER_ID, profile={"name": "Rina", "username": "rinaw"}, parent_user_id="ID.ENT.1")
    events, _ = imported(received(message(), contacts=[known]))
    assert {"username": "rinaw", "parent_user_id": "ID.ENT.1", "name": "Rina"}.items() <= data(events[1]).items()


@pytest.mark.parametrize("name", ["", "   ", None])
def test_an_empty_name_clears_none_that_is_known(name: str | None) -> None:
    events, _ = imported(received(message(), contacts=[contact(profile={"name": name})]))
    assert "name" not in data(events[1])


@pytest.mark.parametrize(
    ("wa_id", "phone"),
    [
        ("6281394420117", "+6281394420117"),
        ("16505551234", "+16505551234"),
        ("6208123456789", "+628123456789"),
        ("123", None),
        ("62813944201171234567", None),
        ("0812345678", None),
        ("rina", None),
    ],
)
def test_a_phone_is_taken_from_a_wa_id_that_is_a_possible_number(wa_id: str, phone: str | None) -> None:
    events, _ = imported(received(message(**{"from": wa_id}), contacts=[contact(wa_id)]))
    assert data(events[0])["contact_id"] == f"wa:{(phone or wa_id).removeprefix('+')}"
    assert data(events[1]).get("phone") == phone


def test_without_name_and_phone_there_is_nothing_to_say_of_a_contact() -> None:
    events, _ = imported(no_number(received(message(from_user_id=USER_ID), contacts=[])))
    assert types(events) == ["message.incoming"]


def test_a_changed_number_merges_the_old_contact_into_the_new_and_is_no_message() -> None:
    events, report = imported(system("user_changed_number", wa_id=OTHER))
    assert types(events) == ["contact.merged", "contact.updated"]
    assert (events[0]["id"], events[0]["time"]) == (f"{WAMID}:merge", TIME)
    assert data(events[1]) == {"contact_id": f"wa:{OTHER}", "phone": f"+{OTHER}"}
    assert data(events[0]) == {"contact_id": f"wa:{OTHER}", "previous_id": f"wa:{NUMBER}"}
    assert (report.broken, report.skipped) == ([], {})


def test_older_webhooks_call_a_changed_number_otherwise() -> None:
    old = system("customer_changed_number", new_wa_id=OTHER, customer=NUMBER)
    assert merges(old) == [(f"{WAMID}:merge", f"wa:{OTHER}", f"wa:{NUMBER}")]


def test_a_changed_number_brings_a_new_user_id_and_all_four_become_one() -> None:
    change = system("user_changed_number", wa_id=OTHER, user_id=NEW_USER_ID, previous_user_id=USER_ID)
    assert merges(change) == [
        (f"{WAMID}:merge", f"wa:{OTHER}", f"wa:{NUMBER}"),
        (f"{WAMID}:merge:old", f"wa:{NUMBER}", f"wa:{USER_ID}"),
        (f"{WAMID}:merge:new", f"wa:{OTHER}", f"wa:{NEW_USER_ID}"),
    ]


def test_a_changed_user_id_merges_the_new_into_the_old_so_that_the_old_one_s_number_holds() -> None:
    """Also where another run, or another process, has seen the number."""
    change = no_number(system("user_changed_user_id", user_id=NEW_USER_ID, previous_user_id=USER_ID))
    both = received(message(id="a", from_user_id=USER_ID))
    tie = (f"{WAMID}:merge", f"wa:{USER_ID}", f"wa:{NEW_USER_ID}")
    assert merges(change) == [tie]
    assert merges(both, change)[1:] == [tie]


def test_a_number_that_comes_after_two_user_ids_ties_both() -> None:
    """Of a contact's ties the last one wins, so the first id would else be left alone."""
    change = no_number(system("user_changed_user_id", user_id=NEW_USER_ID, previous_user_id=USER_ID))
    later = received(message(id="b", from_user_id=NEW_USER_ID))
    assert merges(change, later)[1:] == [
        ("b:merge", f"wa:{NUMBER}", f"wa:{NEW_USER_ID}"),
        ("b:merge:before", f"wa:{NUMBER}", f"wa:{USER_ID}"),
    ]


def test_a_change_that_changes_nothing_merges_nothing() -> None:
    assert merges(system("user_changed_number", wa_id=NUMBER)) == []


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("user_changed_number", {}, "system.wa_id is missing, and so is user_id"),
        ("user_changed_user_id", {"user_id": USER_ID}, "system.previous_user_id is missing"),
        ("user_changed_user_id", {"previous_user_id": USER_ID}, "system.user_id is missing"),
    ],
)
def test_a_change_that_does_not_say_what_changed_is_reported(kind: str, fields: Json, reason: str) -> None:
    change = system(kind, **fields)
    events, report = imported(no_number(change) if "user_id" in kind else change)
    assert events == []
    assert reasons(report) == [f"entry[0].changes[0].value.messages[0].{reason}"]


def test_other_system_messages_are_counted() -> None:
    events, report = imported(system("customer_identity_changed", identity="x"))
    assert (events, report.skipped) == ([], {"system.customer_identity_changed": 1})
