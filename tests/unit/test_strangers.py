"""What a value is that is no event: whoever sent it is told what to change, in words that are safe to show."""

import base64
import gzip
import json
import zlib
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.catalogue import BY_NAME
from schemas.examples import EXAMPLES
from schemas.rejection import Reason, RejectedError
from schemas.strangers import by_headers
from schemas.validation import validate
from tests.unit.record_builder import DROP, encode, event

EVENT = event("message.incoming", {}, "strange")
TEXT = encode(EVENT)
ATTRIBUTES = [(f"ce_{name}", text.encode()) for name, text in EVENT.items() if isinstance(text, str)]


def rejection(value: bytes) -> RejectedError:
    with pytest.raises(RejectedError) as raised:
        validate(value)
    return raised.value


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            b"\x00\x00\x00\x00\x07" + TEXT,
            "value: in Confluent's wire format: the magic byte 0, schema id 7, then JSON; ",
        ),
        (b"\x00\x00\x01\x86\xa0\x02\x08wamid", "schema id 100000, then apparently Avro or Protobuf; "),
        (b"\x00\xff\xfe\x86\xa0\xff\xff", "value: in Confluent's wire format"),
        (
            b"\x00" + bytes(7) + b"\x09" + TEXT,
            "value: in Apicurio's wire format: the magic byte 0, schema id 9, then JSON",
        ),
        (b"\x03\x00" + bytes(16) + TEXT, "AWS Glue"),
        (b"\xef\xbb\xbf" + TEXT, "value: begins with a byte order mark; send UTF-8 without one"),
        (TEXT.decode().encode("utf-16"), "value: UTF-16; send UTF-8"),
        (TEXT.decode().encode("utf-16-le"), "value: UTF-16; send UTF-8"),
        (TEXT.decode().encode("utf-16-be"), "value: UTF-16; send UTF-8"),
        (TEXT.decode().encode("utf-32"), "value: UTF-32; send UTF-8"),
        (gzip.compress(TEXT), "(gzip); send the JSON as it is, and let compression.type compress it"),
        (zlib.compress(TEXT), "(zlib)"),
        (zstandard.compress(TEXT), "(zstd)"),
        (b"Obj\x01\x04\x16avro.schema", "value: an Avro file; "),
        (b"\xc3\x01" + bytes(12), "Avro's single-object encoding"),
        (base64.b64encode(TEXT), "value: base64"),
        (encode(base64.b64encode(TEXT).decode()), "value: a JSON text of base64"),
        (b'<?xml version="1.0"?><event/>', "value: XML or HTML; send the event as JSON"),
        (str(EVENT).encode(), "JSON has names and texts in double quotes"),
        (b"[" + TEXT + b"]", "value: a JSON array, as in CloudEvents batch mode; send one event a record"),
        (b"[]", "value: a JSON array; send one event a record"),
        (encode(TEXT.decode()), "value: JSON encoded twice: a JSON text that holds the event; encode it once"),
        (b'"halo"', "value: a JSON text, not a JSON object"),
        (TEXT + b"\n" + TEXT, "value: several JSON objects in one record; send one event a record"),
        (TEXT + b"," + TEXT, "value: several JSON objects in one record"),
        (TEXT + b"}", "value: not JSON: Extra data"),
        (TEXT.replace(b'"text":', b'"n": 1e999, "text":'), "data.n: a number too large for a double, about 1.8e308"),
        (TEXT.replace(b'"text":', b'"n": NaN, "text":'), "data.n: NaN, which is not a JSON number"),
        (TEXT[:-1] + b', "sequence": -1e999}', "sequence: a number too large for a double"),
    ],
)
def test_a_value_of_another_format_is_told_by_its_name_and_what_to_do(value: bytes, told: str) -> None:
    assert told in rejection(value).message


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("message.incomming", ["message.incoming"]),
        ("Message.Incoming", ["message.incoming"]),
        ("contact_updated", ["contact.updated"]),
        ("label.added ", ["label.added"]),
        ("label.add", ["label.added"]),
        ("order.paid", []),
        ("", []),
    ],
)
def test_an_unknown_type_is_told_the_names_near_it(name: str, near: list[str]) -> None:
    message = rejection(encode(EVENT | {"type": name})).message
    assert f"type: unknown event type {name!r}" in message
    named = [item for item in BY_NAME if item in message.partition(";")[2]]
    assert set(near) <= set(named)
    assert len(named) <= 3
    assert bool(near) == ("did you mean" in message)


@pytest.mark.parametrize("value", [encode(EVENT["data"]), b"\x08\x01", b"", b"[1]", encode({"type": "x"})])
def test_an_event_in_binary_mode_hints_at_structured_mode(value: bytes) -> None:
    plain = rejection(value)
    told = by_headers(plain, value, ATTRIBUTES)
    assert told.reason is Reason.NOT_CLOUDEVENT
    assert "binary mode" in told.message
    assert "structured mode" in told.message
    assert plain.message in told.message
    assert by_headers(plain, value, [("content-type", b"application/json"), ("null", None)]) is plain


def test_a_whole_event_with_such_headers_is_told_what_is_wrong_with_it() -> None:
    value = encode(event("message.incoming", {"data.message_id": DROP}, "whole"))
    plain = rejection(value)
    assert by_headers(plain, value, ATTRIBUTES) is plain


HOSTILE = st.text(
    st.sampled_from("\0\x07\x1b[2J\r\n\t\x7f\x85\x9b\u200e\u202e\u2028\u2066\ud800aé🫘"), min_size=1, max_size=300
)


@settings(max_examples=300)
@given(HOSTILE, st.sampled_from(["type", "specversion", "sequence", "name", "deep", "number", "doubled"]))
def test_what_a_message_quotes_is_printable_and_bounded(text: str, where: str) -> None:
    changed: dict[str, Any] = {
        "name": EVENT | {text: "\0"},
        "deep": EVENT | {"data": EVENT["data"] | {text * 50: {text: ["\ud800"]}}},
        "number": EVENT | {"data": EVENT["data"] | {text: float("inf")}},
    }
    value = encode(changed.get(where, EVENT | {where: text}))
    try:
        validate(encode(value.decode()) if where == "doubled" else value)
    except RejectedError as error:
        assert error.message.isprintable()
        assert str(error) == error.message
        assert len(error.message) < 8_000


def test_no_message_of_an_example_s_faults_is_cut() -> None:
    for name, example in EXAMPLES.items():
        message = rejection(json.dumps(dict.fromkeys(example, 7) | {"type": name}).encode()).message
        assert message.count(": ") >= 7
