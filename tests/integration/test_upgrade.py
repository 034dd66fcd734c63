"""An upgrade over the database of a version that followed merges otherwise: new workers, then a rebuild."""

import random
from collections.abc import Callable

from projections.migrate import migrate
from projections.rebuild.course import rebuild
from tests.exactness.feeding import store
from tests.support.rebuilds import as_from_an_older_version, assert_right, talks
from tests.support.space import Space

SpaceMaker = Callable[..., Space]


def _as_before_clocks(space: Space) -> None:
    """Without what clocks brought: a view, a table with its materialized view, another comment of a column."""
    for name in ("roots_clock", "merged_contacts_from_events", "merged_contacts"):
        space.client.command(f"DROP TABLE {name} SYNC")
    space.client.command("ALTER TABLE contact_roots COMMENT COLUMN version 'How many merges were known'")
    space.client.command("CREATE OR REPLACE VIEW leads AS SELECT workspace_id, contact_id FROM responses")


def test_a_migration_makes_what_new_workers_read_though_a_table_waits_for_a_rebuild(new_space: SpaceMaker) -> None:
    """It can fail: where all views are held back, no merge finds a clock, and neither does the rebuild that is due."""
    space = new_space()
    _as_before_clocks(space)
    outcome = migrate(space.direct)
    assert {"roots_clock", "merged_contacts"} <= set(outcome.created)
    assert {item.statement.name for item in outcome.drift} == {"contact_roots", "leads"}
    events = talks(0, 60, 5)
    store(space.client, events, random.Random(1))
    assert rebuild(space.direct, lambda *_: None).drift == []
    assert_right(space, events)


def test_a_missing_view_that_reads_a_new_column_waits_for_the_rebuild(new_space: SpaceMaker) -> None:
    space = new_space()
    as_from_an_older_version(space)
    space.client.command("DROP VIEW conversations")
    outcome = migrate(space.direct)
    assert ("conversations", True) in {(item.statement.name, item.missing) for item in outcome.drift}
    assert rebuild(space.direct, lambda *_: None).drift == []
    assert space.value("SELECT count(last_incoming_at) FROM conversations") == 0
