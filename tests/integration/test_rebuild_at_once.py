"""Two rebuilds at once, a rebuild beside a migration, and what a failure says."""

import random
from collections.abc import Callable

from tests.exactness.feeding import store
from tests.support.jejak import jejak
from tests.support.rebuilds import Rebuild, as_from_an_older_version, assert_right, leftovers, talks
from tests.support.space import Space

SpaceMaker = Callable[..., Space]


def stored(space: Space) -> list[dict[str, object]]:
    events = talks(0, 60)
    store(space.client, events, random.Random(1))
    return events


def test_a_second_rebuild_is_refused_in_one_line_and_the_first_goes_on(new_space: SpaceMaker) -> None:
    space = new_space()
    events = stored(space)
    first = Rebuild(space, "events", "swap", "--alive")
    refused = jejak("rebuild", settings=space.environment)
    assert refused.is_one_clear_line("another rebuild is under way", f"process {first.process.pid}", "since")
    from_topics = jejak("rebuild", "--from", "kafka", settings=space.environment)
    assert from_topics.is_one_clear_line("another rebuild is under way", "nothing was changed")
    first.go_on()
    assert first.ended() == (0, "")
    assert_right(space, events)
    assert leftovers(space) == []


def test_a_migration_changes_nothing_beside_a_rebuild_and_leaves_its_tables_alone(new_space: SpaceMaker) -> None:
    space = new_space()
    events = stored(space)
    first = Rebuild(space, "events", "swap", "--alive")
    assert jejak("migrate", settings=space.environment).status == 0
    space.client.command("CREATE OR REPLACE VIEW leads AS SELECT workspace_id FROM responses")
    assert jejak("migrate", settings=space.environment).is_one_clear_line(
        "a rebuild is under way", "nothing was changed"
    )
    first.go_on()
    assert first.ended() == (0, "")
    assert "replaced  leads" in jejak("migrate", settings=space.environment).stdout
    assert_right(space, events)


def test_a_migration_removes_what_a_dead_rebuild_left(new_space: SpaceMaker) -> None:
    space = new_space()
    events = stored(space)
    Rebuild(space, "events", "follow").kill()
    assert leftovers(space)
    assert jejak("migrate", settings=space.environment).stdout == "up to date\n"
    assert leftovers(space) == []
    assert_right(space, events)


def test_a_rebuild_whose_fence_is_gone_says_that_nothing_was_changed(new_space: SpaceMaker) -> None:
    """As it finds things that was taken over between its last look and its swap."""
    space = new_space()
    events = stored(space)
    stopped = Rebuild(space, "events", "swap", "--alive")
    (fence,) = [name for name in leftovers(space) if name.startswith("fence_a")]
    space.client.command(f"DROP TABLE {fence} SYNC")
    stopped.go_on()
    status, said = stopped.ended()
    assert (status, said.rpartition("; ")[2]) == (1, "nothing was changed"), said
    assert_right(space, events)


def test_a_column_that_changes_its_type_is_not_changed_in_place(new_space: SpaceMaker) -> None:
    space = new_space()
    as_from_an_older_version(space)
    space.client.command("ALTER TABLE session_ends MODIFY COLUMN session_id String DEFAULT 'x'")
    space.client.command("ALTER TABLE conversation_labels MODIFY COLUMN name Nullable(String)")
    refused = jejak("rebuild", settings=space.environment)
    assert refused.is_one_clear_line("column name of conversation_labels", "--into DATABASE", "nothing was changed")
