"""Read models that lack what the stored events give: found for every materialized view, and never where none lacks."""

import json
import random
from collections.abc import Callable

import pytest

from producers.simulator import Scenario, simulate
from projections.fold import folds
from projections.lacking import lacking_anywhere, lacking_in_sample
from projections.statements import statements
from schemas.examples import EXAMPLES
from tests.exactness.feeding import store
from tests.support.jejak import Ran, jejak
from tests.support.rounds import LONG
from tests.support.space import Space
from tests.support.waiting import wait_until

RAWS = [dict(raw) for raw in (EXAMPLES.values() if isinstance(EXAMPLES, dict) else EXAMPLES)]
#: One that keeps a version, a set, maxima, minima and a maximum, with NULLs among them. All of them in full.
SOME = {
    "visitor_ties_from_events",
    "contact_visitors_from_events",
    "pipeline_status_facts_from_events",
    "ad_touches_from_events",
    "person_facts_from_events",
}
VIEWS = {item.name: item for item in statements() if item.kind == "MATERIALIZED VIEW"}


def _later(raws: list[dict], hours: int) -> list[dict]:  # type: ignore[type-arg]
    """The same things of the same people again, with other ids and a later time."""
    return [raw | {"id": f"{raw['id']}-{hours}", "time": f"2026-12-01T{hours:02}:00:00Z"} for raw in raws]


def _store(space: Space, raws: list[dict]) -> None:  # type: ignore[type-arg]
    store(space.client, raws, random.Random(1))


def _status(space: Space) -> Ran:
    return jejak("status", "--json", settings=space.environment)


@pytest.fixture
def space(new_space: Callable[..., Space]) -> Space:
    return new_space()


def test_each_view_that_rows_have_passed_is_named_and_a_rebuild_mends_it(space: Space) -> None:
    """One view after the other is missing while rows are stored, as under a version that did not look.

    The people and things are known before, so keys are there and only what they hold is behind, wherever a table holds
    anything.
    """
    _store(space, RAWS)
    assert lacking_anywhere(space.client) == lacking_in_sample(space.client) == []
    for hours, fold in enumerate([fold for fold in folds() if fold.view.name in SOME or LONG], 1):
        space.client.command(f"DROP VIEW {fold.view.name} SYNC")
        known = _later(RAWS, hours)
        if not fold.kept:
            # A set of keys is behind in new keys only.
            known = [_of_somebody_else(raw, hours) for raw in known]
        _store(space, known)
        space.client.command(VIEWS[fold.view.name].sql)
        assert fold.target in {lack.table for lack in lacking_anywhere(space.client)}, fold.view.name
    # A sample takes a bounded time, and on a busy machine not all views get their turn in it.
    wait_until(lambda: "ad_touches" in {lack.table for lack in lacking_in_sample(space.client)}, "it is found", 120)
    ran = jejak("rebuild", settings=space.environment, timeout=300)
    assert ran.status == 0, ran
    assert lacking_anywhere(space.client) == lacking_in_sample(space.client) == []


def _of_somebody_else(raw: dict, number: int) -> dict:  # type: ignore[type-arg]
    names = {"contact_id", "visitor_id", "conversation_id", "session_id", "previous_id", "status_id"}
    data = {key: f"{value}-{number}" if key in names else value for key, value in raw["data"].items()}
    return raw | {"data": data}


def test_an_empty_read_model_is_found_among_many_events_of_another_kind(space: Space) -> None:
    raws = [raw for raw in RAWS if raw["type"].startswith("message.")] * 200
    raws = [raw | {"id": f"{raw['id']}-{number}"} for number, raw in enumerate(raws)]
    space.client.command("DROP VIEW pipeline_status_facts_from_events SYNC")
    _store(space, [raw for raw in RAWS if raw["type"] == "pipeline_status.defined"])
    space.client.command(VIEWS["pipeline_status_facts_from_events"].sql)
    for start in range(0, len(raws), 100):
        _store(space, raws[start : start + 100])
    assert [lack.table for lack in lacking_in_sample(space.client)] == ["pipeline_status_facts"]


def test_status_and_check_tell_a_read_model_that_lacks_and_what_to_do(space: Space) -> None:
    space.client.command("DROP VIEW conversation_facts_from_events SYNC")
    _store(space, RAWS)
    space.client.command(VIEWS["conversation_facts_from_events"].sql)
    told = wait_until(lambda: ran if (ran := _status(space)).status else None, "its turn has come", 120)
    line = "conversations: table conversation_facts lacks or is behind in 1 of 1 keys"
    assert told.status == 1
    assert [problem for problem in told.rows[0]["problems"] if problem.startswith(line) and "jejak rebuild" in problem]
    checked = jejak("migrate", "--check", settings=space.environment)
    assert checked.is_one_clear_line(line, "jejak rebuild"), checked
    assert jejak("rebuild", settings=space.environment).status == 0
    assert jejak("migrate", "--check", settings=space.environment).status == 0
    assert jejak("status", settings=space.environment).status == 0


def test_nothing_lacks_in_a_simulated_month_however_it_was_stored(
    space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Duplicates, late events, merges and unmerged parts are no lack."""
    raws = [json.loads(record.value) for record in simulate(Scenario(contacts=25, seed=9))]
    random.Random(9).shuffle(raws)
    for part in (raws[::3], raws[1::3], raws[2::3], raws[::2]):
        _store(space, part)
    for _ in range(3):
        assert lacking_in_sample(space.client) == []
    assert lacking_anywhere(space.client) == []
    space.client.command("OPTIMIZE TABLE events FINAL")
    monkeypatch.setattr("projections.lacking._SHARE_ROWS", 300)
    assert lacking_anywhere(space.client) == []
