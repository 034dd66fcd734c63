"""An upgrade over the database of a version that followed merges otherwise: new workers, then a rebuild."""

import random
from collections.abc import Callable
from typing import Any

from projections.migrate import migrate
from projections.rebuild.course import rebuild
from tests.exactness.feeding import store
from tests.support.jejak import jejak
from tests.support.rebuilds import as_before_attribution, as_from_an_older_version, assert_right, talks
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


def test_a_new_comment_of_a_table_comes_without_a_rebuild_and_nothing_waits_for_it(new_space: SpaceMaker) -> None:
    """As an installation is whose tables did not say that they are internal."""
    space = new_space()
    events = talks(0, 60, 5)
    store(space.client, events, random.Random(1))
    space.client.command("ALTER TABLE responses MODIFY COMMENT 'It''s when contacts were answered'")
    space.client.command("ALTER TABLE responses_from_events MODIFY COMMENT ''")
    space.client.command("CREATE OR REPLACE VIEW leads AS SELECT workspace_id, contact_id FROM responses")
    found = [str(item) for item in migrate(space.direct, check_only=True).drift]
    assert any(told.startswith("table responses: its comment is \"It's when") for told in found), found
    outcome = migrate(space.direct)
    assert (outcome.commented, outcome.replaced, outcome.drift) == (
        ["responses", "responses_from_events"],
        ["leads"],
        [],
    )
    store(space.client, talks(60, 70, 5), random.Random(1))
    assert_right(space, [*events, *talks(60, 70, 5)])
    assert jejak("migrate", settings=space.environment).stdout == "up to date\n"


def _page(number: int, url: str, **given: dict[str, str]) -> dict[str, Any]:
    """A page view of a contact that writes afterwards."""
    return {
        "specversion": "1.0", "id": f"p{number}", "source": "/t", "type": "web.page_view", "workspaceid": "w",
        "time": "2026-02-01T00:00:00Z", "data": {"contact_id": f"c{number}", "url": url, **given},
    }  # fmt: skip


def test_what_was_stored_before_urls_were_read_is_attributed_by_a_rebuild(new_space: SpaceMaker) -> None:
    """Readers keep the old answers until then, and `jejak migrate` says that a rebuild is due."""
    space = new_space()
    as_before_attribution(space)
    before = [
        *talks(0, 20, 5),
        _page(1, "https://kopi.id/?utm_source=fb&utm_medium=cpc"),
        _page(2, "https://kopi.id/?gclid=a"),
        _page(3, "https://kopi.id/", campaign={"source": "Koran", "medium": "display"}),
        _page(4, "https://kopi.id/", campaign={"source": "tiktok", "medium": "cpc"}, click_ids={"gclid": "a"}),
    ]
    store(space.client, before, random.Random(1))
    assert space.value("SELECT groupArray(first_source_platform) FROM leads WHERE contact_id = 'c4'") == ["google"]
    said = jejak("migrate", settings=space.environment)
    assert said.status == 1
    assert "table ad_touches: column earliest is missing" in said.stderr
    assert "jejak rebuild" in said.stderr
    between = talks(20, 30, 5)
    store(space.client, between, random.Random(2))
    assert space.value("SELECT groupArray(first_source_platform) FROM leads WHERE contact_id = 'c4'") == ["google"]
    assert rebuild(space.direct, lambda *_: None).drift == []
    assert_right(space, [*before, *between])
    platforms = "SELECT arraySort(groupUniqArray(first_source_platform)) FROM leads WHERE first_source_at IS NOT NULL"
    assert space.value(platforms) == ["google", "koran", "meta", "tiktok"]
    assert jejak("migrate", settings=space.environment).status == 0
