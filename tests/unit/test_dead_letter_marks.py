"""Marks: what they say is read back, and nothing else is taken for one."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.dead_letter_marks import Mark, Marked, read_mark

MARK = Mark((2, 17), "journey.messages", 3, 40, at_ms=5)


def record(mark: Mark, **changes: Any) -> Any:
    fields = {"partition": 2, "offset": 18, "timestamp": mark.at_ms, "key": mark.key, "value": None}
    return SimpleNamespace(**(fields | {"headers": tuple(mark.headers)} | changes))


def test_a_mark_is_read_as_it_was_written() -> None:
    assert read_mark(record(MARK)) == MARK


@pytest.mark.parametrize(
    "changes",
    [
        {"value": b""},
        {"value": b"a dead letter whose record had such headers"},
        {"headers": ()},
        {"headers": tuple(MARK.headers[1:])},
        {"headers": (*MARK.headers, ("jejak.replayed.offset", b"1e3"))},
        {"headers": (*MARK.headers, ("jejak.replayed.offset", None))},
        {"partition": 1},
        {"offset": 17},
    ],
)
def test_what_only_looks_like_a_mark_is_none(changes: dict[str, Any]) -> None:
    assert read_mark(record(MARK, **changes)) is None


@given(st.integers(0, 2**40), st.integers(0, 300), st.sets(st.integers(0, 299)))
def test_one_bit_a_record_remembers_which_are_marked(begin: int, size: int, marked: set[int]) -> None:
    found = Marked({0: (begin, begin + size), 1: (begin, begin + size)})
    wanted = {begin + item for item in marked if item < size}
    for offset in wanted:
        found.add((0, offset))
    # Letters before what is read have marks in it, too.
    found.add((0, begin - 1))
    assert {offset for offset in range(begin - 9, begin + size) if (0, offset) in found} == wanted
    assert not any((1, offset) in found for offset in range(begin, begin + size))
