"""What the simulated shop looks like: sizes, texts, funnel, rhythm and who is who are those of a real one."""

import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import msgspec
import phonenumbers
import pytest

from producers.simulator import Record, Scenario, simulate

CONTACTS = 800
E164 = re.compile(r"\+628\d{9,11}")
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MESSAGES = ("message.incoming", "message.outgoing", "agent.ai_response")
Data = dict[str, Any]


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(simulate(Scenario(contacts=CONTACTS, seed=2)))


@pytest.fixture(scope="module")
def events(records: list[Record]) -> list[Data]:
    return [msgspec.json.decode(record.value) for record in records]


@pytest.fixture(scope="module")
def data(events: list[Data]) -> dict[str, list[Data]]:
    by_type = defaultdict(list)
    for event in events:
        by_type[event["type"]].append(event["data"])
    return by_type


def test_a_contact_makes_30_to_60_events_of_500_to_800_bytes(records: list[Record]) -> None:
    assert 30 < len(records) / CONTACTS < 60
    assert 500 < sum(len(record.value) for record in records) / len(records) < 800


def test_contact_ids_are_as_many_as_asked_for_and_the_merged_ones(data: dict[str, list[Data]]) -> None:
    contacts = {item["contact_id"] for items in data.values() for item in items if "contact_id" in item}
    merged = {item["previous_id"] for item in data["contact.merged"]}
    assert len(contacts | merged) - len(merged) == pytest.approx(CONTACTS, rel=0.03)


def test_merges_form_chains(data: dict[str, list[Data]]) -> None:
    kept = {item["contact_id"] for item in data["contact.merged"]}
    gone = {item["previous_id"] for item in data["contact.merged"]}
    assert kept & gone


def test_texts_have_20_to_200_characters_and_some_are_not_ascii(data: dict[str, list[Data]]) -> None:
    texts = [item["text"] for kind in MESSAGES for item in data[kind] if "text" in item]
    assert 20 <= min(map(len, texts)) <= max(map(len, texts)) <= 200
    assert 0.1 < sum(not text.isascii() for text in texts) / len(texts) < 0.35


def test_ids_are_as_long_as_real_ones(events: list[Data], data: dict[str, list[Data]]) -> None:
    for event in events:
        item = event["data"]
        for name in ("contact_id", "conversation_id", "session_id", "previous_id"):
            assert name not in item or UUID7.fullmatch(item[name])
        if not event["source"].startswith("/whatsapp/"):
            assert UUID7.fullmatch(event["id"])
        elif event["type"] in MESSAGES:
            assert event["id"] == item["message_id"]
            assert event["id"].startswith("wamid.HBg")
            assert 60 <= len(event["id"]) <= 70
    assert all(len(item["referral"]["ctwa_clid"]) > 100 for item in data["ctwa.click"])


def test_a_uuid_carries_the_events_time(records: list[Record], events: list[Data]) -> None:
    for record, event in zip(records, events, strict=True):
        if UUID7.fullmatch(event["id"]):
            assert int(event["id"].replace("-", "")[:12], 16) == record.time


def test_phones_are_valid_indonesian_numbers(data: dict[str, list[Data]]) -> None:
    phones = {item["phone"] for item in data["contact.updated"] if item.get("phone")}
    assert len(phones) > CONTACTS // 2
    for phone in phones:
        assert E164.fullmatch(phone)
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone))


def test_profiles_are_also_cleared(data: dict[str, list[Data]]) -> None:
    assert any(None in item.values() for item in data["contact.updated"])


def test_the_funnel_narrows(data: dict[str, list[Data]]) -> None:
    names = {item["status_id"]: item["name"].removesuffix(" ⭐") for item in data["pipeline_status.defined"]}
    reached = defaultdict(set)
    for item in data["pipeline.changed"]:
        reached[names.get(item["to_status_id"])].add(item["contact_id"])
    shares = {name: len(contacts) / CONTACTS for name, contacts in reached.items()}
    assert 0.75 < shares["Leads"] < 0.97
    assert 0.12 < shares["Purchase"] < 0.4
    assert 0.02 < shares["Repurchase"] < shares["Purchase"] / 2
    assert None in reached  # some are taken off the pipeline


def test_statuses_are_defined_together_and_only_sequence_orders_them(events: list[Data]) -> None:
    opening = [event for event in events if event["type"] == "pipeline_status.defined"][:7]
    assert len({event["time"] for event in opening}) == 1
    assert [event.get("sequence", 0) for event in opening] == list(range(7))


def test_sessions_begin_in_all_ways_and_end_in_all_ways(data: dict[str, list[Data]]) -> None:
    assert {item["initiator"] for item in data["session.started"]} == {"contact", "human", "ai", "broadcast"}
    assert {item["reason"] for item in data["session.ended"]} == {"expired", "resolved", "manual"}
    assert {item["sender"] for item in data["message.outgoing"]} == {
        "human", "ai", "automation", "broadcast", "system",
    }  # fmt: skip
    assert {item["channel"] for item in data["session.started"]} == {"whatsapp", "instagram", "messenger", "livechat"}


def test_a_session_ends_after_it_started_and_before_the_contacts_next(
    records: list[Record], events: list[Data]
) -> None:
    started, open_until = dict[str, int](), defaultdict[str, int](int)
    for record, event in zip(records, events, strict=True):
        item = event["data"]
        if record.type == "session.started":
            started[item["session_id"]] = record.time
            assert record.time > open_until[item["conversation_id"]]
        elif record.type == "session.ended":
            open_until[item["conversation_id"]] = record.time
            assert record.time > started[item["session_id"]]


def test_only_some_answer_a_broadcast(data: dict[str, list[Data]]) -> None:
    broadcasts = {item["session_id"] for item in data["session.started"] if item["initiator"] == "broadcast"}
    answered = broadcasts & {item["session_id"] for item in data["message.incoming"]}
    assert 0.2 < len(answered) / len(broadcasts) < 0.5
    assert all(
        item["template_name"] and item["campaign_id"]
        for item in data["message.outgoing"]
        if item["sender"] == "broadcast"
    )


def test_every_ad_click_has_a_message_with_the_same_referral(
    records: list[Record], data: dict[str, list[Data]]
) -> None:
    on_messages = [item["referral"] for item in data["message.incoming"] if "referral" in item]
    clicks = [record for record in records if record.type == "ctwa.click"]
    cut_off = records[-1].time - 5 * 60_000  # the message to a click just before the end is not simulated
    assert len(clicks) > CONTACTS // 10
    for click in clicks:
        assert click.time > cut_off or msgspec.json.decode(click.value)["data"]["referral"] in on_messages


def test_campaigns_are_paid_and_organic_and_bring_every_click_id(data: dict[str, list[Data]]) -> None:
    landings = [item for item in data["web.page_view"] if "campaign" in item]
    mediums = {item["campaign"]["medium"] for item in landings}
    paid = {medium for medium in mediums if re.fullmatch(r".*cp.*|ppc|retargeting|paid.*", medium.lower())}
    assert paid
    assert mediums - paid
    assert any("name" not in item["campaign"] for item in landings)
    assert all(item["click_ids"].keys() for item in landings if "click_ids" in item)


def test_some_visitors_are_tied_by_an_event_with_both_ids_and_some_never(data: dict[str, list[Data]]) -> None:
    told = {item["visitor_id"] for item in data["contact.identified"]}
    views = data["web.page_view"]
    both = {item["visitor_id"] for item in views if {"visitor_id", "contact_id"} <= item.keys()}
    everyone = {item["visitor_id"] for item in views if "visitor_id" in item}
    assert told
    assert both - told
    assert len(everyone - both - told) > CONTACTS // 10


def test_nights_are_quieter_than_working_hours(records: list[Record]) -> None:
    hours = Counter(record.time // 3_600_000 % 24 for record in records)
    night = sum(hours[hour - 7 + 24] for hour in range(1, 5))
    day = sum(hours[hour - 7] for hour in range(10, 14))
    assert day > 6 * night


def test_contacts_have_several_conversations(data: dict[str, list[Data]]) -> None:
    conversations = defaultdict(set)
    for item in data["session.started"]:
        conversations[item["contact_id"]].add(item["conversation_id"])
    assert sum(len(owned) > 1 for owned in conversations.values()) > CONTACTS // 50


def test_the_clock_never_stands_still_for_a_day(records: list[Record]) -> None:
    assert max(after.time - before.time for before, after in pairwise(records)) < 12 * 3_600_000
