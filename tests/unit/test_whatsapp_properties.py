"""Whatever a body holds: no exception, and no event that breaks the contract."""

import copy
import io
import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from producers.whatsapp import Body, Event, read_bodies, sample_files
from schemas.validation import validate
from tests.support.webhooks import imported

NASTY: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, float("inf"), "", " ", "\0", "\ud800", "x" * 130, "9" * 200, "1795291200",
    [], {}, [None], {"": None}, [[]], {"type": "ad"}, "system", "contacts", "user_changed_number", "statuses",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(NASTY),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def sample_bodies() -> list[Any]:
    values = []
    for path in sample_files():
        with path.open("rb") as stream:
            values += [body.value for body in read_bodies(stream, path.name) if isinstance(body, Body)]
    return values


SAMPLES = sample_bodies()


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a JSON value something stands."""
    if isinstance(value, dict):
        return [place, *(deep for name in value for deep in places(value[name], (*place, name)))]
    if isinstance(value, list):
        return [place, *(deep for index in range(len(value)) for deep in places(value[index], (*place, index)))]
    return [place]


def replaced(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    whole = copy.deepcopy(value)
    inner = whole
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = new
    return whole


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A sample body with one to three of its values replaced by something else."""
    body = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places(body)))
        body = replaced(body, place, draw(st.sampled_from(NASTY) | JSON))
    return body


def assert_the_contract_holds(event: Event) -> None:
    text = json.dumps(event, allow_nan=False)
    assert len(text) <= 1_048_576
    assert "\\u0000" not in re.sub(r"\\\\", "", text)
    json.dumps(event, ensure_ascii=False).encode()
    assert list(event) == ["specversion", "id", "source", "type", "time", "workspaceid", "data"]
    assert 1 <= len(str(event["id"])) <= 256 and 1 <= len(str(event["source"])) <= 256
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(event["time"]))
    fields = event["data"]
    assert isinstance(fields, dict)
    for name in ("contact_id", "conversation_id", "message_id", "previous_id", "inbox_id"):
        assert name not in fields or 1 <= len(fields[name]) <= 128
    assert re.fullmatch(r"\+[1-9]\d{6,14}", fields.get("phone", "+1234567"))
    assert None not in fields.values()
    validate(text.encode())


@given(JSON)
def test_no_json_whatever_makes_the_import_raise(whole: Any) -> None:
    events, report = imported(whole)
    assert events == []
    assert report.bodies == 1


@settings(max_examples=300)
@given(mutated())
def test_a_mutated_sample_raises_nothing_and_yields_only_good_events(whole: Any) -> None:
    for event in imported(whole)[0]:
        assert_the_contract_holds(event)


@given(st.lists(st.sampled_from(SAMPLES), max_size=6))
def test_the_same_bodies_give_the_same_bytes(bodies: list[Any]) -> None:
    once, again = imported(*bodies), imported(*copy.deepcopy(bodies))
    assert json.dumps(once[0]) == json.dumps(again[0])
    assert once[1] == again[1]


@given(st.permutations(SAMPLES))
def test_the_order_of_delivery_changes_no_event_but_merges(bodies: list[Any]) -> None:
    def unmerged(*bodies: Any) -> set[str]:
        return {json.dumps(event) for event in imported(*bodies)[0] if event["type"] != "contact.merged"}

    assert unmerged(*bodies) == unmerged(*SAMPLES)


@given(st.binary(max_size=60), st.sampled_from(SAMPLES), st.data())
def test_bytes_spliced_into_a_body_raise_nothing(splice: bytes, whole: Any, data: st.DataObject) -> None:
    text = json.dumps(whole).encode()
    at = data.draw(st.integers(0, len(text)))
    for body in read_bodies(io.BytesIO(text[:at] + splice + text[at:]), "f"):
        if isinstance(body, Body):
            imported(body.value)
