"""Whatever settings a reader has, a view gives the same answer or an error: never another answer."""

import re
from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.client import Client

from projections.pinned import IN_VIEWS
from tests.exactness.comparison import VIEWS
from tests.support.loop import BackgroundLoop
from tests.support.reader_cases import CASES, PARTS, Case, several_at_a_time
from tests.support.reader_questions import LOOKUPS, fill, reader, tried
from tests.support.reader_settings import PAGE
from tests.support.space import made_space
from tests.support.stack import Stack

LINE = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*?) \| (\d+) \| (\d+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def client(stack: Stack, loop: BackgroundLoop) -> Iterator[Client]:
    with made_space(stack, loop) as space:
        fill(space.client)
        with reader(space.direct) as client:
            yield client


def test_no_setting_of_a_reader_gives_another_answer(client: Client) -> None:
    """Several at a time; `python -m tests.support.reader_settings` says which of them it was."""
    done = list(tried(client, list(several_at_a_time(CASES))))
    assert {str(item.case): item.other | item.refused for item in done if item.other or item.refused} == {}


def test_a_limit_of_a_reader_gives_an_error_and_never_another_answer(client: Client) -> None:
    done = list(tried(client, [case for case in CASES if case.may_err]))
    assert {str(item.case): item.other for item in done if item.other} == {}
    assert sum(len(item.refused) for item in done) > len(done)


def test_every_algorithm_for_joins_that_the_server_has_is_tried(client: Client) -> None:
    (done,) = tried(client, [Case("join_algorithm", ("none",))])
    known = set(re.findall(r"'(\w+)'", next(iter(done.refused.values())).partition("Must be one of")[2]))
    assert "hash" in known
    assert known <= {value for case in CASES if case.setting == "join_algorithm" for value in case.values}


def test_a_view_that_would_answer_in_part_says_what_to_set(client: Client) -> None:
    modes = ("read_overflow_mode", "read_overflow_mode_leaf", "timeout_overflow_mode", "timeout_overflow_mode_leaf")
    for done in tried(client, [Case(mode, ("break",)) for mode in modes]):
        assert all("set read_overflow_mode and timeout_overflow_mode" in told for told in done.refused.values())
        assert len(done.refused) == len(VIEWS) + len(LOOKUPS)


def test_what_cuts_a_readers_own_statement_leaves_out_rows_and_changes_none(client: Client) -> None:
    done = list(tried(client, PARTS))
    assert all(item.parts for item in done)
    assert {
        (item.case.setting, name): item.other[name] for item in done for name in item.other.keys() - item.parts
    } == {}
    assert not any(item.refused for item in done)


def test_the_page_has_what_is_tried() -> None:
    lines = LINE.findall(PAGE.read_text(encoding="utf-8"))
    shown = {(setting, value) for setting, values, *_ in lines for value in values.split(", ")}
    assert shown == {(case.setting, f"`{value}`" if value else "empty") for case in CASES for value in case.values}
    assert {other for *_, other in lines} == {"0"}
    assert all(f"`{name}`" in PAGE.read_text(encoding="utf-8") for name in IN_VIEWS)
