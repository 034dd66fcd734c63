"""Every view and lookup says what it is for, and shows types that every client knows (contract, section 3)."""

import re

import pytest

from projections.snippets import render
from projections.statements import statements
from tests.contract.test_page import PAGE, VIEW
from tests.support.space import Space

LOOKUPS = re.findall(r"`(\w+)\(workspace_id = …, (\w+) = …\)`", PAGE)
VIEWS = [item.name for item in statements() if item.kind == "VIEW"]


def test_the_pages_lookups_are_those_of_the_code() -> None:
    assert {name for name, _ in LOOKUPS} == {
        item.name for item in statements() if item.kind == "VIEW" and "{workspace_id:String}" in item.sql
    }


def test_everything_has_a_comment_and_what_is_internal_says_so(pipeline: Space) -> None:
    rows = pipeline.query("SELECT name, comment FROM system.tables WHERE database = currentDatabase()")
    comments = {row["name"]: row["comment"] for row in rows}
    assert set(comments) == {"schema_history", *(item.name for item in statements())}
    public = {name for name, _ in [*VIEW.findall(PAGE), *LOOKUPS]}
    assert {name for name, comment in comments.items() if not comment.startswith("Internal: ")} == public
    assert min(len(comment) for comment in comments.values()) > 20


def test_no_column_of_a_view_has_the_type_of_an_aggregate_function(pipeline: Space) -> None:
    rows = pipeline.query(
        "SELECT table, name, type FROM system.columns "
        "WHERE database = currentDatabase() AND table IN {views:Array(String)}",
        views=VIEWS,
    )
    assert {row["table"] for row in rows} == set(VIEWS) - {name for name, _ in LOOKUPS}
    assert [row for row in rows if "AggregateFunction" in row["type"]] == []


@pytest.mark.parametrize(("lookup", "key"), LOOKUPS)
def test_no_column_of_a_lookup_has_one_either(pipeline: Space, lookup: str, key: str) -> None:
    rows = pipeline.query(f"DESCRIBE (SELECT * FROM {lookup}(workspace_id = 'w', {key} = 'x'))")
    assert len(rows) > 5
    assert [row for row in rows if "AggregateFunction" in row["type"]] == []


@pytest.mark.parametrize(
    ("lookup", "view"),
    [("contact_journey", "journey"), ("conversation_journey", "journey"), ("contact_sessions", "sessions"),
     ("conversation_status_changes", "status_changes")],
)  # fmt: skip
def test_a_lookup_has_the_columns_of_its_view(pipeline: Space, lookup: str, view: str) -> None:
    key = dict(LOOKUPS)[lookup]
    rows = pipeline.query(f"DESCRIBE (SELECT * FROM {lookup}(workspace_id = 'w', {key} = 'x'))")
    columns = pipeline.query(f"DESCRIBE TABLE {view}")
    assert {row["name"] for row in rows} == {row["name"] for row in columns}


def test_the_order_as_text_sorts_as_the_number_does(pipeline: Space) -> None:
    numbers = [0, 9, 10, 2**64, 2**192 - 1, 2**256 - 1]
    made = render("{{ order_text arrayJoin({numbers:Array(UInt256)}) }}", {})
    rows = pipeline.query(f"SELECT {made} AS text", numbers=numbers)
    texts = [row["text"] for row in rows]
    assert texts == sorted(texts)
    assert [int(text) for text in texts] == numbers
    assert {len(text) for text in texts} == {78}
