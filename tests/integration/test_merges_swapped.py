"""Roots while a rebuild exchanges the tables: whoever is late writes into the new ones, and must not win there."""

import threading
from collections.abc import Callable, Iterator

import pytest

from projections import roots as roots_module
from projections.clickhouse import connect
from projections.roots import Row, refresh_roots
from tests.integration.test_merges import merged, right, roots, store_only
from tests.support.rebuilds import Rebuild
from tests.support.space import Space
from tests.support.waiting import wait_until


@pytest.fixture
def standing_still(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """The thread named "late" stands still behind its reading; set the first event to let it go on, wait for the
    second one to know that it stands there."""
    go_on, stands = threading.Event(), threading.Event()
    read = roots_module._rows

    def rows(*arguments: object) -> Iterator[Row]:
        found = list(read(*arguments))  # type: ignore[arg-type]  # handed on as they came
        if threading.current_thread().name == "late":
            stands.set()
            assert go_on.wait(120)
        return iter(found)

    monkeypatch.setattr(roots_module, "_rows", rows)
    return go_on, stands


def test_a_look_that_stands_still_across_a_swap_writes_no_root_that_stays_wrong(
    new_space: Callable[..., Space], standing_still: tuple[threading.Event, threading.Event]
) -> None:
    space = new_space()
    go_on, stands = standing_still
    refresh_roots(space.client, store_only(space.client, [merged(0, ("a", "b"))]))
    rebuild = Rebuild(space, "events", "pause", "--alive")
    refresh_roots(space.client, [("w", "a")])

    def look() -> None:
        with connect(space.direct) as client:
            refresh_roots(client, [("w", "a")])

    late = threading.Thread(target=look, name="late")
    late.start()
    wait_until(stands.is_set, "the late one has read its ties")
    rebuild.go_on()
    assert rebuild.ended() == (0, "")
    refresh_roots(space.client, store_only(space.client, [merged(1, ("b", "c"))]))
    assert roots(space.client) == right([("a", "b"), ("b", "c")])
    go_on.set()
    late.join()
    assert roots(space.client) == right([("a", "b"), ("b", "c")])
