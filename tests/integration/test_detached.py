"""A table or a view that somebody has detached: its name is taken, so to create it does nothing and says nothing."""

import random
from collections.abc import Callable

import pytest

from tests.exactness.feeding import store
from tests.support.jejak import jejak
from tests.support.rebuilds import assert_right, talks
from tests.support.space import Space


@pytest.mark.parametrize("how", ["", " PERMANENTLY"])
def test_migrate_brings_back_what_was_detached_with_its_rows(new_space: Callable[..., Space], how: str) -> None:
    """It can fail: by CREATE … IF NOT EXISTS nothing is made, and workers wait for ever for what was "created"."""
    space = new_space()
    events = talks(0, 20, 5)
    store(space.client, events, random.Random(1))
    for name in ("responses_from_events", "person_facts", "leads"):
        space.client.command(f"DETACH TABLE {name}{how}")
    ran = jejak("migrate", settings=space.environment)
    assert ran.status == 0, ran
    assert sorted(ran.stdout.split()) == sorted(
        ["attached", "person_facts", "attached", "responses_from_events", "attached", "leads"]
    )
    store(space.client, more := talks(20, 40, 5), random.Random(2))
    assert_right(space, [*events, *more])
