"""Which event a dead letter was meant to be, as far as its bytes tell; and nothing where they do not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.dead_letters.identity import asked_of
from processors.dead_letters.stored import StoredDeadLetter
from projections.stored_events import Asked

WHOLE = {"workspaceid": "ws", "source": "/s", "id": "i"}


def asked(value: bytes) -> Asked | None:
    return asked_of(StoredDeadLetter(0, 0, 0, None, value, (), {}))


@pytest.mark.parametrize(
    ("value", "entity"),
    [
        (WHOLE, ""),
        (WHOLE | {"data": {"contact_id": "ct", "visitor_id": "v"}}, "cct"),
        (WHOLE | {"data": {"contact_id": "", "visitor_id": "v"}}, "vv"),
        (WHOLE | {"data": {"contact_id": 42}, "type": 7, "time": None, "specversion": []}, ""),
        (WHOLE | {"data": "no object", "sequence": -1}, ""),
    ],
)
def test_what_else_is_wrong_does_not_matter(value: dict[str, Any], entity: str) -> None:
    assert asked(json.dumps(value).encode()) == Asked("ws", "/s", "i", entity)


@pytest.mark.parametrize(
    "value",
    [
        b"\xef\xbb\xbf" + json.dumps(WHOLE).encode(),
        json.dumps(WHOLE).encode("utf-16"),
        b"\0\0\0\0\x07" + json.dumps(WHOLE).encode(),
        json.dumps(WHOLE | {"data": {"price": float("nan")}}).encode(),
        json.dumps(WHOLE | {"big": 10**400}).encode(),
        b'{"id": 1, "workspaceid": "ws", "source": "/s", "id": "i"}',
    ],
    ids=["byte order mark", "UTF-16", "Confluent's wire format", "NaN", "beyond a double", "a name twice"],
)
def test_it_is_read_wherever_json_can_be_read_at_all(value: bytes) -> None:
    assert asked(value) == Asked("ws", "/s", "i")


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("wrong", [None, 42, "", True, ["i"], {"a": 1}, "x" * 257, "a\0b", "\ud800"])
def test_without_one_of_the_three_nothing_is_known(name: str, wrong: object) -> None:
    assert asked(json.dumps(WHOLE | {name: wrong}).encode()) is None
    assert asked(json.dumps({key: value for key, value in WHOLE.items() if key != name}).encode()) is None


@pytest.mark.parametrize(
    "value", [b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000]
)
def test_what_is_no_object_tells_nothing(value: bytes) -> None:
    assert asked(value) is None


@given(st.binary(max_size=60))
def test_no_bytes_are_too_strange(value: bytes) -> None:
    asked(value)
