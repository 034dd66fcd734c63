"""The names of a rebuild's objects, by which what a dead one left is known and removed."""

import pytest

from projections.runs.run import Run, run_of, run_read_by
from projections.statements import statements


@pytest.mark.parametrize("name", ["notes_rebuild", "leads_rebuild", "leads_rebuild_20260101", "x_rebuild_00000000"])
def test_a_table_of_somebody_else_is_nobodys_leftover(name: str) -> None:
    assert run_of(name) is None
    assert run_read_by(f"CREATE VIEW mine AS SELECT * FROM {name}") == set()


def test_a_run_knows_all_that_it_makes() -> None:
    for run in (Run() for _ in range(1_000)):
        names = [run.feed, run.copy, *run.fence, *(item.name + run.suffix for item in statements())]
        assert {run_of(name) for name in names} == {run}
        assert run_read_by(f"CREATE VIEW leads AS SELECT * FROM responses{run.suffix} AS responses") == {run.token}


def test_what_a_version_without_locks_left_is_known() -> None:
    made = [item.name for item in statements() if item.kind != "VIEW"]
    left = [
        *(f"{name}_rebuild" for name in made),
        "events_copy_rebuild",
        "events_rebuild_feed",
        "events_rebuild_feed_from_events",
    ]
    assert {run_of(name) for name in left} == {Run("")}
