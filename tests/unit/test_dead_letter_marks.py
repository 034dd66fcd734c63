"""Marks: what they say is read back, and nothing else is taken for one."""

from types import SimpleNamespace
from typing import Any

import pytest

from processors.dead_letters.marks import MAX_WHY, Dismissal, Mark, read_mark

HOSTILE = "\x1b[2J\x9b31m\u2028\u202e'\";\0\n" + "☕" * MAX_WHY
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


@pytest.mark.parametrize("why", ["a reason", "", HOSTILE])
def test_a_dismissal_is_read_as_it_was_written_up_to_its_bound(why: str) -> None:
    dismissal = Dismissal((2, 17), why, at_ms=5)
    written = record(MARK, key=dismissal.key, headers=tuple(dismissal.headers))
    assert read_mark(written) == Dismissal((2, 17), why[:MAX_WHY], at_ms=5)


@pytest.mark.parametrize("headers", [[("jejak.dismissed.why", b"x")], Dismissal((2, 18), "itself").headers])
def test_what_only_looks_like_a_dismissal_is_none(headers: Any) -> None:
    assert read_mark(record(MARK, headers=tuple(headers))) is None
