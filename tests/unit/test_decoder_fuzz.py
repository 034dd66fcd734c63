"""The worker's way of a value, given anything: it is rejected for a reason, or becomes one good row. Nothing is raised.

Beside `test_validation.py`, which takes events apart field by field: here bytes are spliced that parsers stumble over.
"""

import json
from types import SimpleNamespace

from hypothesis import event as seen
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.dead_letters.dead_letter import dead_letter
from processors.stream.row import COLUMNS, MERGED, lines_of, merge_of
from schemas.constants import MAX_VALUE_BYTES, TOPICS
from schemas.rejection import RejectedError
from schemas.syntax import MAX_DEPTH
from schemas.validation import validate
from tests.unit.event_strategies import EVENTS

FRAGMENTS = (
    *(b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\0", b"\x1f", b"\x7f"),
    *(b'"\\ud800"', b"\\udc00", b"\\u0000", b"\\\\u0000", b"\\u00", b"\\x", b"\\", b'"', b'""', b"'"),
    *(b"NaN", b"-Infinity", b"1e999", b"-0", b"0x1", b"01", b"1.", b"9" * 400, b"9" * 5_000, b"-" + b"9" * 30),
    *(b"[" * 250, b'{"a":' * 250, b"[" * 150 + b"]" * 150, b"{", b"}", b"[", b"]", b",", b":", b"//", b"/*"),
    *(b'"type":"label.added",', b'"data":{},', b'"data":null,', b'"time":0,', b'"id":[],', b'"":"",'),
    *(b'"a":1,' * 3_000, b"x" * 70_000, "🫘".encode() * 300, "\u2028\ufeff\U0010ffff".encode(), b" \t\r\n"),
)


@st.composite
def spliced(draw: st.DrawFn) -> bytes:
    """An event's bytes with up to three fragments put in, or in place of a few of its bytes."""
    value = bytearray(json.dumps(draw(EVENTS), ensure_ascii=draw(st.booleans())).encode())
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(value)))
        value[place : place + draw(st.integers(0, 4))] = draw(st.sampled_from(FRAGMENTS) | st.binary(max_size=6))
    return bytes(value)


@st.composite
def filled(draw: st.DrawFn) -> bytes:
    """An event with a field that holds what parsers stumble over, in the place of a good JSON value."""
    text = json.dumps(draw(EVENTS) | {"extension": 0}).encode()
    return text.replace(b'"extension": 0', b'"extension": ' + draw(st.sampled_from(FRAGMENTS)))


def _take(value: bytes, topic: str) -> None:
    record = SimpleNamespace(topic=topic, partition=0, offset=0, key=b"k", value=value, headers=())
    try:
        event = validate(value, topic=topic, recorded_ms=4_102_444_800_000)
    except RejectedError as error:
        seen(error.reason)
        told = dead_letter(record, error)
        assert all(isinstance(content, bytes) for _, content in told.headers)
        # A message names a field; it does not hand a large value on into logs and headers.
        assert len(error.message.encode()) < 10_000
        return
    seen("accepted")
    line = lines_of([event])
    assert line.count(b"\n") == 1
    row = dict(zip(COLUMNS, json.loads(line), strict=True))
    assert all(row[name] for name in ("workspace_id", "event_source", "event_id", "type"))
    assert b"\\u0000" not in line.replace(b"\\\\", b"")
    if event.type.name == MERGED:
        assert all(merge_of(event))


@settings(max_examples=150)
@given(spliced() | filled(), st.sampled_from(TOPICS))
def test_spliced_bytes_are_rejected_or_become_one_row(value: bytes, topic: str) -> None:
    _take(value, topic)


@settings(max_examples=60)
@given(st.integers(MAX_DEPTH - 3, MAX_DEPTH + 3), st.booleans(), st.sampled_from([b"[", b'{"a":']))
def test_the_depth_is_counted_to_the_level(depth: int, in_a_string: bool, opening: bytes) -> None:
    """Brackets in strings are none, quotes behind backslashes end no string."""
    closing = b"]" if opening == b"[" else b"}"
    decoy = b'"\\"' + b"[" * 300 + b'\\\\"' if in_a_string else b"0"
    value = opening * depth + decoy + closing * depth
    try:
        validate(value)
    except RejectedError as error:
        assert ("nested deeper" in error.message) == (depth > MAX_DEPTH)


@settings(max_examples=20)
@given(st.integers(MAX_VALUE_BYTES - 2, MAX_VALUE_BYTES + 2), st.sampled_from(TOPICS))
def test_a_value_at_the_limit_of_size_is_taken_like_any_other(size: int, topic: str) -> None:
    _take(b'{"a":"' + b"x" * (size - 8) + b'"}', topic)
