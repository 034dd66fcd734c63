"""`jejak leads`: its own questions give what the view `leads` gives for any filter."""

import itertools
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from projections.readers import leads
from schemas.instant import milliseconds
from tests.exactness.drawing import Raw, event_sets
from tests.support.events import event, new_workspace
from tests.support.reading import read, records
from tests.support.space import Space

#: Drawn sets that become the people of one workspace; each has up to five leads in a handful of milliseconds.
SETS = 25
EVER: dict[str, Any] = {"since_ms": -(2**62), "until_ms": 2**62, "source": None, "origin": None, "limit": 10_000}
NEW_YEAR_MS = milliseconds("2026-01-01T00:00:00Z")
_IDS = ("contact_id", "previous_id", "visitor_id", "conversation_id")
_number = itertools.count()


def one_workspace(sets: list[list[Raw]], workspace: str) -> list[Raw]:
    """All sets as one workspace's events, each with people of its own."""
    return [
        raw
        | {
            "workspaceid": workspace,
            "id": f"{number} {raw['id']}",
            "data": {
                name: f"{value} {number}" if name in _IDS and value else value for name, value in raw["data"].items()
            },
        }
        for number, raws in enumerate(sets)
        for raw in raws
    ]


def wanted(rows: list[dict[str, Any]], filters: dict[str, Any]) -> list[dict[str, Any]]:
    """The view's rows, filtered and sorted in plain Python."""

    def passes(row: dict[str, Any]) -> bool:
        ms = milliseconds(f"{row['date'].isoformat(timespec='milliseconds')}Z")
        source = [row["first_source"], row["first_source_platform"], row["first_source_id"]]
        return (
            filters["since_ms"] <= ms < filters["until_ms"]
            and filters["origin"] in (None, row["origin"])
            and (filters["source"] is None or any(filters["source"].lower() in (text or "").lower() for text in source))
        )

    found = sorted(filter(passes, rows), key=lambda row: row["contact_id"].encode())
    return sorted(found, key=lambda row: row["date"], reverse=True)[: filters["limit"]]


@settings(max_examples=3, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(sets=st.lists(event_sets(), min_size=SETS, max_size=SETS), seed=st.integers(0, 2**32))
def test_a_page_of_leads_is_the_views_rows_filtered_and_sorted(
    pipeline: Space, sets: list[list[Raw]], seed: int
) -> None:
    workspace = f"{new_workspace()}.{next(_number)}"
    events = one_workspace(sets, workspace)
    random.Random(seed).shuffle(events)
    for part in range(3):
        # Ties and merges that change their mind leave the older ones behind in the tables.
        pipeline.append_events(events[part::3])
        pipeline.until_committed()
    rows = pipeline.query("SELECT * FROM leads WHERE workspace_id = {w:String}", w=workspace)
    filters: list[dict[str, Any]] = [
        {"limit": 7},
        {"limit": 1},
        {"since_ms": NEW_YEAR_MS},
        {"until_ms": NEW_YEAR_MS},
        {"since_ms": NEW_YEAR_MS + 1, "until_ms": NEW_YEAR_MS + 3, "limit": 5},
        *({"origin": origin} for origin in ("ads", "organic")),
        *({"source": source} for source in ("goo", "META", "ad1", "promo", "lebaran", "/", "nothing has it", "")),
        {"origin": "ads", "source": "o", "since_ms": NEW_YEAR_MS, "limit": 6},
    ]
    assert wanted(rows, EVER) == leads.newest_leads(pipeline.client, workspace, **EVER).rows
    for some in filters:
        asked = EVER | some
        assert leads.newest_leads(pipeline.client, workspace, **asked).rows == wanted(rows, asked), some


@pytest.fixture(scope="module")
def families(pipeline: Space) -> str:
    """Leads that others were merged into, with visitors of these, whose ads and answers count for them."""
    workspace = new_workspace()
    events = []
    for number, (contact, previous) in itertools.product(range(4), [("a", "b"), ("c'", "d\\")]):
        ids = {"contact_id": f"{contact}{number}", "conversation_id": "k"}
        old = ids | {"contact_id": f"{previous}{number}"}
        click = {"visitor_id": f"v{contact}{number}", "url": "/", "click_ids": {"gclid": "x"}}
        tie = {"visitor_id": f"v{contact}{number}", "contact_id": old["contact_id"]}
        events += [
            event("message.incoming", workspace, ids | {"message_id": "m"}, time=f"2026-01-0{number + 2}T00:00:00Z"),
            event("web.page_view", workspace, click, time="2026-01-01T00:00:00Z"),
            event("contact.identified", workspace, tie),
            event("agent.ai_response", workspace, old | {"message_id": "r"}, time="2026-02-01T00:00:00Z"),
            event("contact.updated", workspace, {"contact_id": old["contact_id"], "name": f"Nama {number}"}),
            event("contact.merged", workspace, {"contact_id": ids["contact_id"], "previous_id": old["contact_id"]}),
        ]
    pipeline.append_events(events)
    pipeline.until_committed()
    return workspace


@pytest.mark.parametrize(("most", "batch"), [(50_000, 15_000), (50_000, 1), (60, 30), (30, 15_000), (1, 15_000)])
def test_leads_with_however_many_people_are_the_same(
    pipeline: Space, families: str, monkeypatch: pytest.MonkeyPatch, most: int, batch: int
) -> None:
    monkeypatch.setattr(leads, "_MOST_BYTES", most)
    monkeypatch.setattr(leads, "_BATCH_BYTES", batch)
    found = leads.newest_leads(pipeline.client, families, **EVER).rows
    assert found == wanted(pipeline.query("SELECT * FROM leads WHERE workspace_id = {w:String}", w=families), EVER)
    assert [row["contact_id"] for row in found] == ["a3", "c'3", "a2", "c'2", "a1", "c'1", "a0", "c'0"]
    assert {
        (row["origin"], row["first_source_id"], row["first_touched_at"] and row["first_touched_at"].month)
        for row in found
    } == {("ads", "gclid", 2)}
    assert [row["customer_name"] for row in found] == [f"Nama {number}" for number in (3, 3, 2, 2, 1, 1, 0, 0)]


def test_who_was_tied_or_merged_to_another_later_counts_for_that_one(pipeline: Space) -> None:
    workspace = new_workspace()

    def lead(name: str) -> dict[str, Any]:
        return event("message.incoming", workspace, {"contact_id": name, "conversation_id": "k", "message_id": "m"})

    click = event("web.page_view", workspace, {"visitor_id": "v", "url": "/", "click_ids": {"gclid": "x"}})
    named = event("contact.updated", workspace, {"contact_id": "old", "name": "Nama"})
    pipeline.append_events([lead("a"), lead("b"), click, named])
    for second, owner in enumerate(("a", "b")):
        time = f"2025-03-15T00:00:0{second}Z"
        tie = event("contact.identified", workspace, {"visitor_id": "v", "contact_id": owner}, time=time)
        merge = event("contact.merged", workspace, {"contact_id": owner, "previous_id": "old"}, time=time)
        pipeline.append_events([tie, merge])
        pipeline.until_committed()
        command = ("leads", "--workspace", workspace, "--json")
        rows = read(pipeline, *command).rows
        assert read(pipeline, *command, "--limit=1").rows == rows[:1]
        found = {row["contact_id"]: (row["first_source"], row["customer_name"]) for row in rows}
        assert found == {"a": (None, None), "b": (None, None)} | {owner: ("gclid", "Nama")}


def test_more_leads_than_one_question_carries_come_whole_and_in_order(pipeline: Space) -> None:
    workspace = new_workspace()
    names = [f"{number:04d}" + "é🫘" * 20 for number in range(300)]
    pipeline.append_events(
        [
            event("message.incoming", workspace, {"contact_id": name, "conversation_id": "k", "message_id": "m"})
            for name in names
        ]
    )
    pipeline.until_committed()
    ran = read(pipeline, "leads", "--workspace", workspace, "--limit=1000", "--json")
    assert [row["contact_id"] for row in ran.rows] == names


def test_leads_are_shown_to_machines_and_people(pipeline: Space, families: str) -> None:
    command = ("leads", "--workspace", families, "--limit=1")
    assert read(pipeline, *command, "--json").rows == [
        {
            "workspace_id": families, "contact_id": "a3", "date": "2026-01-05T00:00:00.000Z", "customer_name": "Nama 3",
            "phone_number": None, "email": None, "origin": "ads", "first_source": "gclid",
            "first_source_platform": "google", "first_source_id": "gclid",
            "first_touched_at": "2026-02-01T00:00:00.000Z", "last_source": None, "last_source_platform": None,
            "last_source_id": None, "first_source_at": "2026-01-01T00:00:00.000Z", "first_source_medium": None,
            "first_source_campaign": None, "first_source_content": None, "last_source_at": None,
            "last_source_medium": None, "last_source_campaign": None, "last_source_content": None,
        }
    ]  # fmt: skip
    (record,) = records(read(pipeline, *command, "--csv"))
    assert (record["contact_id"], record["date"], record["email"]) == ("a3", "2026-01-05T00:00:00.000Z", "")
    table = read(pipeline, *command).stdout
    assert "gclid (google)" in table
    assert read(pipeline, *command, "--origin=elsewhere").status == 2
