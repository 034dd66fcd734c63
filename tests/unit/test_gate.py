"""The gate and the models give one answer: msgspec's speed must not change what is an event."""

import json
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.catalogue import BY_NAME, CATALOGUE
from schemas.envelope import event_model
from schemas.examples import EXAMPLES
from schemas.gate import admit, admit_parsed
from schemas.rejection import Reason, RejectedError
from schemas.validation import validate
from tests.unit.event_strategies import EVENTS, mutated_events

bounded = settings(max_examples=400)


def refused_by_models(attributes: dict[str, Any]) -> list[tuple[int | str, ...]]:
    try:
        event_model(BY_NAME[attributes["type"]]).model_validate(attributes)
    except ValidationError as error:
        return [problem["loc"] for problem in error.errors()]
    return []


def rejection(attributes: dict[str, Any]) -> RejectedError | None:
    try:
        validate(json.dumps(attributes).encode())
    except RejectedError as error:
        return error
    return None


@pytest.mark.parametrize("item", CATALOGUE, ids=lambda item: item.name)
def test_plain_events_pass_the_gate_without_a_closer_look(item: Any) -> None:
    assert admit(json.dumps(EXAMPLES[item.name]).encode()) is not None


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_events_with_extension_attributes_pass_it_once_they_are_parsed(name: str) -> None:
    extended = EXAMPLES[name] | {"traceparent": "00-1", "x": {"y": [1]}}
    assert admit(json.dumps(extended).encode()) is None
    assert admit_parsed(extended) == admit(json.dumps(EXAMPLES[name]).encode())


@pytest.mark.parametrize("tail", [b'"\xff"', b'"\\ud800"', b'"\\u0000"', b'"\\x"', b"01", b"1e", b"[}", b"tru"])
def test_what_the_gate_does_not_know_is_looked_at_all_the_same(tail: bytes) -> None:
    value = json.dumps(EXAMPLES["label.added"]).encode()[:-1] + b', "traceparent": ' + tail + b"}"
    with pytest.raises(RejectedError):
        validate(value)


@bounded
@given(EVENTS)
def test_what_the_exported_schema_allows_is_accepted(attributes: dict[str, Any]) -> None:
    assert refused_by_models(attributes) == []
    assert rejection(attributes) is None


@bounded
@given(mutated_events())
def test_what_the_gate_admits_the_models_admit(attributes: dict[str, Any]) -> None:
    admitted = admit(json.dumps(attributes).encode())
    event(f"admitted by the gate: {admitted is not None}")
    if admitted:
        assert refused_by_models(attributes) == []
        assert admit_parsed(attributes) == admitted


@bounded
@given(mutated_events())
def test_what_the_gate_admits_once_it_is_parsed_the_models_admit(attributes: dict[str, Any]) -> None:
    admitted = admit_parsed(attributes)
    event(f"admitted by the gate: {admitted is not None}")
    assert admitted is None or refused_by_models(attributes) == []


@bounded
@given(mutated_events())
def test_validation_accepts_exactly_what_the_models_admit(attributes: dict[str, Any]) -> None:
    refused, rejected = refused_by_models(attributes), rejection(attributes)
    event(f"rejected: {rejected.reason if rejected else None}")
    if refused:
        assert rejected is not None
    elif rejected is not None:
        assert rejected.reason is Reason.TIME_OUT_OF_RANGE or "holds NUL" in rejected.message


@bounded
@given(mutated_events())
def test_a_rejection_names_the_field(attributes: dict[str, Any]) -> None:
    rejected = rejection(attributes)
    if rejected is None or "holds NUL" in rejected.message:
        return
    problems = refused_by_models(attributes) or [("time",)]
    assert all(f"{'.'.join(map(str, problem))}: " in rejected.message for problem in problems)


@bounded
@given(mutated_events(), st.sampled_from(sorted(BY_NAME)))
def test_the_data_of_one_type_under_the_name_of_another_gets_one_answer(attributes: dict[str, Any], name: str) -> None:
    attributes["type"] = name
    if admit_parsed(attributes):
        assert refused_by_models(attributes) == []
