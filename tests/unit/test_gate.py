"""The gate and the models give one answer: msgspec's speed must not change what is an event."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.catalogue import BY_NAME, CATALOGUE
from schemas.envelope import event_model
from schemas.examples import EXAMPLES
from schemas.gate import GATES
from schemas.rejection import Reason, RejectedError
from schemas.validation import validate
from tests.unit.event_strategies import EVENTS, mutated_events

#: What the worker checks behind the gate with the same functions as the models, so the gate itself may pass it.
CHECKED_BEHIND = {("time",), ("sequence",), ("datacontenttype",)}

bounded = settings(max_examples=400)


def refused_by_models(attributes: dict[str, Any]) -> list[tuple[int | str, ...]]:
    try:
        event_model(BY_NAME[attributes["type"]]).model_validate(attributes)
    except ValidationError as error:
        return [problem["loc"] for problem in error.errors()]
    return []


def admitted_by_gate(attributes: dict[str, Any]) -> bool:
    try:
        msgspec.convert(attributes, GATES[attributes["type"]])
    except msgspec.ValidationError:
        return False
    return True


def rejection(attributes: dict[str, Any]) -> RejectedError | None:
    try:
        validate(json.dumps(attributes).encode())
    except RejectedError as error:
        return error
    return None


def test_every_type_has_a_gate() -> None:
    assert list(GATES) == [item.name for item in CATALOGUE]


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_plain_events_pass_the_gate_without_asking_the_models(name: str) -> None:
    assert admitted_by_gate(EXAMPLES[name])


@bounded
@given(EVENTS)
def test_what_the_exported_schema_allows_is_accepted(attributes: dict[str, Any]) -> None:
    assert refused_by_models(attributes) == []
    assert rejection(attributes) is None


@bounded
@given(mutated_events())
def test_what_the_gate_admits_the_models_admit(attributes: dict[str, Any]) -> None:
    admitted = admitted_by_gate(attributes)
    event(f"admitted by the gate: {admitted}")
    if admitted:
        assert set(refused_by_models(attributes)) <= CHECKED_BEHIND


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
    if admitted_by_gate(attributes):
        assert set(refused_by_models(attributes)) <= CHECKED_BEHIND
