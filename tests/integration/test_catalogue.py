"""Every event type, by the real path: Kafka, worker, ClickHouse, view (contract, sections 2 and 3)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.catalogue import CATALOGUE
from schemas.examples import EXAMPLES
from schemas.instant import milliseconds
from tests.support.events import event, example, new_workspace, record
from tests.support.journey_cases import CASES
from tests.support.space import Space

#: The contract's, in its order.
COLUMNS = [
    *("workspace_id", "contact_id", "conversation_id", "session_id", "visitor_id", "occurred_at", "title", "category"),
    *("type", "actor", "summary", "event_id", "event_source", "event_order", "data", "event_order_text"),
]

#: Noise around each case: fields nobody knows, of names that other types know. They must be kept and not be read.
NOISE = {"x_extra": {"deep": [1, None, "ü"]}, "x_number": 2**60 + 1}


def _statuses(workspace: str) -> list[dict[str, Any]]:
    def defined(status: str, name: str, time: str) -> dict[str, Any]:
        data = {"status_id": status, "name": name, "color": "#2E7D32", "position": 1}
        return event("pipeline_status.defined", workspace, data, time=time)

    return [
        defined("st_deal", "Deal", "2025-01-01T00:00:00Z"),
        # The newer definition arrives first: the older one must not win.
        defined("st_renamed", "New name", "2025-03-02T00:00:00Z"),
        defined("st_renamed", "Old name", "2025-03-01T00:00:00Z"),
        defined("st_deleted", "Gone", "2025-01-01T00:00:00Z"),
        event("pipeline_status.deleted", workspace, {"status_id": "st_deleted"}, time="2025-02-01T00:00:00Z"),
    ]


@pytest.fixture(scope="module")
def entries(pipeline: Space) -> Iterator[dict[str, dict[str, Any]]]:
    """The journey's entry of every case, by the case's number."""
    workspace = new_workspace()
    sent = [event(case.type, workspace, case.data | NOISE, id=str(number)) for number, case in enumerate(CASES)]
    pipeline.append_events([*sent, *_statuses(workspace)])
    pipeline.until_committed()
    rows = pipeline.query("SELECT * FROM journey WHERE workspace_id = {w:String}", w=workspace)
    assert len(rows) == len(CASES)
    yield {row["event_id"]: row for row in rows}


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number].type}-{number}")
def test_an_entry_has_its_title_category_actor_and_summary(entries: dict[str, dict[str, Any]], number: int) -> None:
    case = CASES[number]
    entry = entries[str(number)]
    of_type = next(item for item in CATALOGUE if item.name == case.type)
    assert (entry["type"], entry["title"], entry["category"]) == (case.type, of_type.title, of_type.category)
    assert (entry["actor"], entry["summary"]) == (case.actor, case.summary)
    assert entry["contact_id"] == "ct_1"
    # What the event does not name is unknown, and unknown is NULL.
    for column in ("conversation_id", "session_id", "visitor_id"):
        assert entry[column] == case.data.get(column)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number].type}-{number}")
def test_an_entry_keeps_every_field_of_its_data(entries: dict[str, dict[str, Any]], number: int) -> None:
    assert json.loads(entries[str(number)]["data"]) == CASES[number].data | NOISE


def test_every_type_with_a_title_is_among_the_cases() -> None:
    assert {case.type for case in CASES} == {item.name for item in CATALOGUE if item.title}


def _append_examples(pipeline: Space, workspace: str) -> None:
    """The examples happened just when their records say, whatever this machine's clock says."""
    sent = [example(name, workspace) for name in EXAMPLES]
    pipeline.append(record(item, timestamp_ms=milliseconds(item["time"])) for item in sent)
    pipeline.until_committed()


def test_the_example_of_every_type_is_stored_with_its_own_fields(pipeline: Space) -> None:
    workspace = new_workspace()
    _append_examples(pipeline, workspace)
    rows = pipeline.query("SELECT * FROM events FINAL WHERE workspace_id = {w:String}", w=workspace)
    stored = {row["type"]: row for row in rows}
    assert stored.keys() == EXAMPLES.keys()
    assert len(rows) == len(EXAMPLES)
    for name, sent in EXAMPLES.items():
        row = stored[name]
        assert json.loads(row["data"]) == sent["data"]
        assert (row["event_id"], row["event_source"]) == (sent["id"], sent["source"])
        assert round(row["occurred_at"].timestamp() * 1000) == milliseconds(sent["time"])


def test_the_journey_of_the_examples_has_all_fourteen_titles_for_one_contact(pipeline: Space) -> None:
    workspace = new_workspace()
    _append_examples(pipeline, workspace)
    rows = pipeline.query("SELECT title, contact_id FROM journey WHERE workspace_id = {w:String}", w=workspace)
    assert {row["title"] for row in rows} == {item.title for item in CATALOGUE if item.title}
    assert len(rows) == 14
    assert {row["contact_id"] for row in rows} == {EXAMPLES["message.incoming"]["data"]["contact_id"]}


def test_types_without_a_title_reach_the_read_models_they_are_for(pipeline: Space) -> None:
    workspace = new_workspace()
    _append_examples(pipeline, workspace)
    statuses = pipeline.query(
        "SELECT status_id, name, color, position, deleted FROM pipeline_statuses WHERE workspace_id = {w:String}",
        w=workspace,
    )
    # The status that was deleted was never defined, and is no row.
    assert statuses == [EXAMPLES["pipeline_status.defined"]["data"] | {"deleted": 0}]
    contacts = pipeline.query(
        "SELECT contact_id, name, phone, email FROM contacts WHERE workspace_id = {w:String}", w=workspace
    )
    # One row: the previous id of the merge is the same person.
    assert contacts == [EXAMPLES["contact.updated"]["data"]]
    visitor = EXAMPLES["contact.identified"]["data"]["visitor_id"]
    assert pipeline.stored("journey", "workspace_id = {w:String} AND visitor_id = {v:String}", w=workspace, v=visitor)
    untitled = [item.name for item in CATALOGUE if not item.title]
    kept = pipeline.stored(where="workspace_id = {w:String} AND type IN {t:Array(String)}", w=workspace, t=untitled)
    assert kept == len(untitled) == 5


def test_every_view_column_has_a_comment(pipeline: Space) -> None:
    bare = pipeline.query(
        "SELECT name FROM system.columns WHERE database = {d:String} AND table = 'journey' AND comment = ''",
        d=pipeline.name,
    )
    assert bare == []
    columns = pipeline.query(
        "SELECT name FROM system.columns WHERE database = {d:String} AND table = 'journey' ORDER BY position",
        d=pipeline.name,
    )
    assert [column["name"] for column in columns] == COLUMNS
