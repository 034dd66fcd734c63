"""Dead letters taken apart: the record as it was, whatever headers it had."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.dead_letters.dead_letter import dead_letter
from processors.dead_letters.stored import read_letter
from schemas.constants import REASON_NAMES, REASON_PREFIX
from schemas.dead_letter import DeadLetter
from schemas.rejection import Reason, RejectedError

_NAMES = st.one_of(
    st.text(max_size=5),
    st.sampled_from([REASON_PREFIX + name for name in REASON_NAMES] + ["jejak.value.sha256", "jejak.value.bytes"]),
)
_HEADERS = st.lists(st.tuples(_NAMES, st.one_of(st.none(), st.binary(max_size=5)))).map(tuple)
_REASONS = (*((REASON_PREFIX + name, b"older") for name in REASON_NAMES),)


def made(value: bytes, headers: Any = (), *, emptied: bool = False) -> Any:
    """A record of the dead letter topic, as the worker makes it."""
    original = SimpleNamespace(topic="t", partition=3, offset=4, key=None, value=value, headers=headers)
    letter = dead_letter(original, RejectedError(Reason.NOT_JSON, "value: é"))
    return stored(letter.without_value() if emptied else letter)


def stored(letter: DeadLetter) -> Any:
    return SimpleNamespace(
        partition=1, offset=2, timestamp=5, key=letter.key, value=letter.value, headers=tuple(letter.headers)
    )


@given(_HEADERS, st.booleans())
def test_a_record_s_own_headers_are_told_from_ours_whatever_they_are(headers: Any, emptied: bool) -> None:
    letter = read_letter(made(b"value", headers, emptied=emptied))
    assert letter.headers == headers
    assert (letter.topic, letter.reason, letter.message) == ("t", "NotJson", "value: é")
    assert (letter.lost_sha256 is not None, letter.lost_bytes) == (emptied, 5 if emptied else None)


@pytest.mark.parametrize("value", [b"", b"x"])
def test_headers_of_an_older_dead_letter_are_the_record_s_own(value: bytes) -> None:
    own = (*_REASONS, ("jejak.value.sha256", b"0"), ("jejak.value.bytes", b"1"))
    letter = read_letter(made(value, own))
    assert letter.headers == own
    assert (letter.topic, letter.lost_sha256) == ("t", None)


def test_reasons_that_another_tool_put_elsewhere_are_found_by_their_names() -> None:
    headers = [
        (REASON_PREFIX + "topic", b"t"),
        ("own", b"1"),
        (REASON_PREFIX + "exception.message", b"m"),
        (REASON_PREFIX + "stage", None),
    ]
    letter = read_letter(stored(DeadLetter(b"k", b"v", headers)))
    assert letter.headers == (("own", b"1"),)
    assert (letter.topic, letter.message, letter.reason) == ("t", "m", "")


def test_a_record_that_says_nothing_has_no_topic() -> None:
    assert read_letter(stored(DeadLetter(None, b"v", []))).topic == ""


@pytest.mark.parametrize("size", [b"9" * 5_000, "٣".encode(), b"-1", b"9223372036854775808"])
def test_a_size_that_is_no_number_of_kafka_s_is_none(size: bytes) -> None:
    headers: list[tuple[str, bytes | None]] = [("jejak.value.sha256", b"0"), ("jejak.value.bytes", size)]
    assert read_letter(stored(DeadLetter(None, b"", headers))).lost_bytes is None


def test_a_lost_value_of_which_the_letter_does_not_say_the_size_has_an_unknown_one() -> None:
    """As a stranger may write it."""
    headers: list[tuple[str, bytes | None]] = [*_REASONS, ("jejak.value.sha256", b"ab"), ("jejak.value.bytes", b"many")]
    letter = read_letter(stored(DeadLetter(None, b"", headers)))
    assert (letter.lost_bytes, letter.lost_size) == (None, "an unknown size")
    assert read_letter(made(b"12345", emptied=True)).lost_size == "5 bytes"
