"""Numbers with what they count, and names that may be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.words import counted, did_you_mean, plural


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 dead letters"),
        (1, "1 dead letter"),
        (2, "2 dead letters"),
        (1_000, "1,000 dead letters"),
        (-1, "-1 dead letters"),
    ],
)
def test_only_one_is_singular(number: int, text: str) -> None:
    assert counted(number, "dead letter") == text


def test_a_word_may_have_a_plural_of_its_own() -> None:
    assert [counted(number, "body", "bodies") for number in (1, 2)] == ["1 body", "2 bodies"]
    assert [plural(number, "waits", "wait") for number in (1, 2)] == ["waits", "wait"]


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, unique=True), st.data())
def test_a_name_that_exists_is_always_among_those_that_may_be_meant(known: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(known))
    told = did_you_mean(name, known, count=len(known))
    assert name in told


@pytest.mark.parametrize("name", ["Message.Incoming", "message.incomming", " message.incoming ", "message-incoming"])
def test_case_blanks_dashes_and_a_wrong_letter_do_not_matter(name: str) -> None:
    assert did_you_mean(name, ["message.incoming", "session.started"]) == "; did you mean message.incoming?"


def test_nothing_is_said_where_nothing_is_near() -> None:
    assert did_you_mean("zzz", ["message.incoming"]) == ""
    assert did_you_mean("", []) == ""
