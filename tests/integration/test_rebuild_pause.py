"""The pause at a rebuild's swap: it passes by itself, and nothing is swapped once it has passed."""

import random
import re
from collections.abc import Callable

import pytest

from projections.rebuild.course import rebuild
from projections.runs import quiet
from tests.exactness.feeding import store
from tests.support.rebuilds import as_from_an_older_version, assert_right, leftovers, talks
from tests.support.space import Space
from tests.support.waiting import wait_until


def _is_paused(space: Space) -> bool:
    """Whether `events` refuses rows just now, by the server's clock."""
    definition = space.value(
        "SELECT create_table_query FROM system.tables WHERE database = {db:String} AND name = 'events'", db=space.name
    )
    until = re.search(r"rebuild_pause_\w+ CHECK now\(\) >= fromUnixTimestamp\((\d+)\)", definition)
    return until is not None and int(space.value("SELECT toUnixTimestamp(now())")) < int(until[1])


@pytest.mark.parametrize("step", ["swap", pytest.param("exchange views with named", marks=pytest.mark.long)])
def test_a_rebuild_that_slept_through_its_pause_makes_another_one(
    new_space: Callable[..., Space], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """It can fail: tables exchanged when rows are on their way show readers rows that come and go."""
    monkeypatch.setattr(quiet, "PAUSE_SECONDS", 8)
    space = new_space()
    if step != "swap":
        as_from_an_older_version(space)
    events = talks(0, 20, 5)
    store(space.client, events, random.Random(1))
    paused: list[bool] = []

    def progress(name: str, *_: int) -> None:
        if name == step:
            paused.append(_is_paused(space))
            if len(paused) == 1:
                wait_until(lambda: not _is_paused(space), "the pause has passed")

    rebuild(space.direct, progress)
    assert len(paused) > 1
    assert paused[-1]
    assert leftovers(space) == []
    assert_right(space, events)
