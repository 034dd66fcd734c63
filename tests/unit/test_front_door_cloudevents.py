"""The CloudEvents HTTP binding, held against the reference implementation for Python."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from producers.http.cloudevents import Mode, mode_of, values_of, with_workspace
from producers.http.problems import ProblemError

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@st.composite
def events(draw: st.DrawFn) -> CloudEvent:
    """Any event of the reference implementation, extension attributes and odd characters included."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": draw(TEXT),
        "source": draw(TEXT),
        "type": draw(TEXT),
        "time": draw(st.datetimes(datetime(2001, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))),
        "datacontenttype": "application/json",
        "workspaceid": draw(TEXT),
    }
    if draw(st.booleans()):
        attributes["traceparent"] = draw(TEXT)
    return CloudEvent(attributes=attributes, data=draw(st.dictionaries(TEXT, JSON)))


def received(message: HTTPMessage) -> tuple[Mode, list[dict[str, Any]]]:
    """What is made of a message, as it comes over the wire."""
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in message.headers.items()]
    headers = Headers(raw=raw)
    mode = mode_of(headers)
    return mode, [json.loads(value) for value in values_of(mode, headers, message.body)]


def as_told(event: CloudEvent) -> dict[str, Any]:
    """The event in structured mode, as the reference implementation writes it."""
    whole: dict[str, Any] = json.loads(to_structured_event(event).body)
    return whole


@given(events())
def test_structured_mode_is_kept_byte_for_byte(event: CloudEvent) -> None:
    message = to_structured_event(event)
    headers = Headers(message.headers)
    assert values_of(mode_of(headers), headers, message.body) == [message.body]


@given(events())
def test_binary_mode_is_read_as_the_reference_writes_it(event: CloudEvent) -> None:
    mode, found = received(to_binary_event(event))
    assert mode is Mode.BINARY
    assert found == [as_told(event)]


@given(st.lists(events(), max_size=4))
def test_a_batch_is_its_structured_events(given_events: list[CloudEvent]) -> None:
    body = b"[" + b" ,\n".join(to_structured_event(event).body for event in given_events) + b"]"
    message = HTTPMessage({"content-type": "application/cloudevents-batch+json; charset=utf-8"}, body)
    assert received(message) == (Mode.BATCH, [as_told(event) for event in given_events])


@given(events(), TEXT)
def test_an_event_without_a_workspace_gets_the_keys_and_any_other_stays(event: CloudEvent, workspace: str) -> None:
    body = to_structured_event(event).body
    assert with_workspace(body, workspace) == body
    without = {name: value for name, value in as_told(event).items() if name != "workspaceid"}
    for absent in (without, {**without, "workspaceid": None}):
        filled = json.loads(with_workspace(json.dumps(absent).encode(), workspace))
        assert filled == {**without, "workspaceid": workspace}


@pytest.mark.parametrize("body", [b'{}, "type": "x"', b"{}{}", b"", b"{", b'{"a": }'])
def test_a_binary_body_is_one_json_value_and_nothing_else(body: bytes) -> None:
    headers = Headers({"ce-specversion": "1.0"})
    with pytest.raises(ProblemError, match="not JSON"):
        values_of(Mode.BINARY, headers, body)


def test_a_header_that_comes_twice_is_refused() -> None:
    headers = Headers(raw=[(b"ce-specversion", b"1.0"), (b"ce-id", b"a"), (b"ce-id", b"b")])
    with pytest.raises(ProblemError, match="twice"):
        values_of(Mode.BINARY, headers, b"{}")
