"""Validation: the corpus gets the contract's answers, and no value whatever gets anything but an answer."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.catalogue import BY_NAME
from schemas.constants import MAX_VALUE_BYTES, TOPICS
from schemas.envelope import event_model
from schemas.event import Event
from schemas.examples import EXAMPLES
from schemas.keys import key_of
from schemas.rejection import AT_THE_DOOR, UNREADABLE, Reason, RejectedError
from schemas.validation import validate
from tests.unit.bad_records import BAD, GOOD, BadRecord, GoodRecord
from tests.unit.event_strategies import JSON_VALUES, mutated_events
from tests.unit.record_builder import FIELDS, RECORDED_MS, encode, event

bounded = settings(max_examples=400)


def answer(value: bytes, topic: str | None = None, recorded_ms: int = -1) -> Event | RejectedError:
    try:
        return validate(value, topic=topic, recorded_ms=recorded_ms)
    except RejectedError as error:
        return error


@pytest.mark.parametrize("record", BAD, ids=lambda record: record.name)
def test_a_bad_record_is_rejected_for_its_reason_and_by_its_field(record: BadRecord) -> None:
    with pytest.raises(RejectedError) as raised:
        validate(record.value, topic=record.topic, recorded_ms=record.recorded_ms)
    assert raised.value.reason is record.reason
    assert record.mentions in raised.value.message


@pytest.mark.parametrize("record", GOOD, ids=lambda record: record.name)
def test_an_odd_record_is_accepted_and_read_right(record: GoodRecord) -> None:
    accepted = validate(record.value, topic=record.topic, recorded_ms=record.recorded_ms)
    assert (accepted.instant_ms, accepted.sequence) == (record.instant_ms, record.sequence)
    assert accepted.type.topic == record.topic


@pytest.mark.parametrize("records", [BAD, GOOD], ids=["bad", "good"])
def test_the_corpus_gives_every_record_its_own_name(records: tuple[BadRecord | GoodRecord, ...]) -> None:
    assert len({record.name for record in records}) == len(records)


def test_the_corpus_has_every_reason_and_every_topic() -> None:
    assert {record.reason for record in BAD} == set(Reason) - UNREADABLE - AT_THE_DOOR
    assert {record.topic for record in BAD} == {record.topic for record in GOOD} == set(TOPICS)


@pytest.mark.parametrize("name", list(FIELDS))
def test_the_models_have_the_fields_that_the_contract_lists(name: str) -> None:
    required, optional = FIELDS[name]
    model = BY_NAME[name].model
    touch = {"visitor_id"} if name.startswith("web.") else {"contact_id"} if name == "ctwa.click" else set()
    assert model.model_fields.keys() == {*required, *optional, *touch}
    assert {field for field, info in model.model_fields.items() if info.is_required()} == set(required)


def test_a_record_without_a_kafka_timestamp_may_be_of_any_later_time() -> None:
    value = encode(event("label.added", {"time": "2199-01-01T00:00:00Z"}, "late"))
    assert isinstance(answer(value), Event)
    assert isinstance(answer(value, recorded_ms=RECORDED_MS), RejectedError)


def test_a_kafka_timestamp_of_zero_is_a_timestamp() -> None:
    assert isinstance(answer(encode(event("label.added", {}, "zero")), recorded_ms=0), RejectedError)


def test_a_record_in_no_topic_yet_may_be_of_any_type() -> None:
    assert all(isinstance(answer(encode(example)), Event) for example in EXAMPLES.values())


def test_unknown_fields_are_kept_and_unknown_attributes_change_nothing() -> None:
    field = {"data.x_new": {"a": [1, None, 2**70]}}
    accepted = validate(encode(event("label.added", field, "extra")))
    assert accepted.data["x_new"] == {"a": [1, None, 2**70]}
    assert validate(encode(event("label.added", field | {"traceparent": "00-1"}, "extra"))) == accepted


def test_of_a_name_given_twice_the_last_counts() -> None:
    value = encode(event("label.added", {}, "twice"))[:-1] + b', "workspaceid": "ws_second"}'
    assert validate(value).workspace_id == "ws_second"


def test_several_faults_are_all_named() -> None:
    faulty = event("pipeline_status.defined", {"data.color": "red", "data.position": -1, "id": 7}, "")
    faulty["id"] = 7
    rejected = answer(encode(faulty))
    assert isinstance(rejected, RejectedError)
    assert all(f"{field}: " in rejected.message for field in ("id", "data.color", "data.position"))
    assert rejected.reason is Reason.NOT_CLOUDEVENT


@pytest.mark.parametrize(
    ("name", "changes", "key"),
    [
        ("label.added", {"data.contact_id": "ct_1"}, "ws_kopi_senja/ct_1"),
        ("web.page_view", {"data.contact_id": "", "data.visitor_id": "v"}, "ws_kopi_senja/v"),
        ("web.page_view", {"data.contact_id": "ct_1", "data.visitor_id": "v"}, "ws_kopi_senja/ct_1"),
        ("pipeline_status.deleted", {"data.status_id": "st"}, "ws_kopi_senja/st"),
    ],
)
def test_the_key_is_the_contact_else_the_visitor_else_the_status(name: str, changes: Any, key: str) -> None:
    assert key_of(validate(encode(event(name, changes, "key")))) == key


@bounded
@given(st.binary(max_size=200))
def test_any_bytes_get_an_answer(value: bytes) -> None:
    assert isinstance(answer(value), RejectedError)


@bounded
@given(JSON_VALUES)
def test_any_json_gets_an_answer(value: object) -> None:
    assert isinstance(answer(encode(value)), RejectedError)


@bounded
@given(mutated_events(), st.sampled_from(TOPICS), st.integers(-1, 2**63 - 1))
def test_a_mutated_event_gets_an_answer(attributes: dict[str, Any], topic: str, recorded_ms: int) -> None:
    answer(encode(attributes), topic, recorded_ms)


@bounded
@given(st.sampled_from(GOOD), st.data())
def test_damaged_bytes_of_an_event_get_an_answer(record: GoodRecord, data: st.DataObject) -> None:
    value = bytearray(record.value[:2_000])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(value) - 1))
        value[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    accepted = answer(bytes(value))
    if isinstance(accepted, Event):
        # What is accepted is JSON by the standard library's reading too, and an event by the models'.
        loose = json.loads(value)
        event_model(accepted.type).model_validate(loose)


@pytest.mark.parametrize(
    "value",
    [
        b"[" * MAX_VALUE_BYTES,
        b'{"a":' * 200_000,
        b'"' + b"\\" * 1_000_000,
        b'{"type":"' + b"x" * 1_000_000 + b'"}',
        b'{"' + b"k" * 1_000_000 + b'":"\\u0000"}',
        b"9" * MAX_VALUE_BYTES,
        b'{"type":"label.added","sequence":"' + b"9" * 1_000_000 + b'"}',
        b'{"type":"label.added","time":"' + b"9" * 1_000_000 + b'"}',
        b"\x00" * MAX_VALUE_BYTES,
    ],
    ids=lambda value: repr(value[:12]),
)
def test_a_hostile_value_is_rejected_with_a_short_message(value: bytes) -> None:
    rejected = answer(value)
    assert isinstance(rejected, RejectedError)
    assert len(rejected.message) < 2_000
