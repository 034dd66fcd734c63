"""A rebuild that is killed, or stands still, at each of its steps, beside a worker and a load with many merges.

What may go wrong: rows that only the old or only the new tables have, a fold that went through the wrong definition,
merges whose roots nobody writes any more, an `events` without what arrived meanwhile, a dead rebuild's copies that keep
every INSERT from succeeding, a second rebuild whose tables the first one swaps or drops.

In `make test` the steps around the swap; all of them in `make test-faults`.
"""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from projections.migrate import migrate
from tests.support.figures import Figures, report
from tests.support.load import VIEW_KEYS
from tests.support.rebuilds import Rebuild, Writer, as_from_an_older_version, assert_right, leftovers, wrong
from tests.support.rounds import LONG
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

pytestmark = pytest.mark.long

SpaceMaker = Callable[..., Space]

#: Source → the steps that it is stopped at, in the short form and in the long one.
SAME = (
    ("pour", "swap", "look again"),
    ("clean", "compare", "lay out", "pour", "follow", "pause", "swap", "look again", "remove"),
)
CHANGED = (
    ("replace tables", "fill tables"),
    (
        "clean", "compare", "lay out", "pour", "follow", "show", "exchange views with shown", "replace tables",
        "replace view", "fill tables", "name", "exchange views with named", "look again", "remove",
    ),
)  # fmt: skip
KAFKA = (
    ("swap events",),
    ("lay out events", "replay", "count", "pause for events", "swap events", "clean"),
)


def steps(both: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[str, ...]:
    return both[LONG]


@pytest.mark.parametrize(("source", "which"), [("events", SAME), ("kafka", KAFKA)], ids=["events", "kafka"])
def test_a_rebuild_killed_at_a_step_leaves_everything_whole(
    new_space: SpaceMaker, logs: Path, source: str, which: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    """All views are looked at behind each kill, before anybody has tidied up."""
    space = new_space()
    writer = Writer(space)
    with running_worker(space, logs):
        writer.write(60)
        for step in steps(which):
            with writer.going_on():
                Rebuild(space, source, step).kill()
            assert_right(space, writer.events)
        with writer.going_on():
            assert Rebuild(space, "events").ended() == (0, "")
    _reckon(space, writer, f"a rebuild from {source} killed with SIGKILL at {len(steps(which))} steps")


@pytest.mark.parametrize(("source", "which"), [("events", SAME), ("kafka", KAFKA)], ids=["events", "kafka"])
def test_a_rebuild_that_stood_still_swaps_nothing_once_another_has_taken_over(
    new_space: SpaceMaker, logs: Path, source: str, which: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    """It stands behind its own look at the lock, and wakes up when the other one is at work, or has ended."""
    space = new_space()
    writer = Writer(space)
    with running_worker(space, logs):
        writer.write(60)
        for step, other_stops in zip(steps(which), itertools.cycle(("", "follow", "swap", "look again"))):
            with writer.going_on():
                # Before its last step it has swapped already, and nothing of that is undone.
                _two(space, Rebuild(space, source, step), other_stops, has_swapped=step == "remove")
            assert_right(space, writer.events)
    _reckon(space, writer, f"a rebuild from {source} stood still at {len(steps(which))} steps while another ran")


def _two(space: Space, first: Rebuild, other_stops: str, *, has_swapped: bool) -> None:
    """The second one takes over; the first one wakes up amid it or behind it, and ends in one line, if it must."""
    second = Rebuild(space, "events", other_stops, "--alive" if other_stops else "")
    if not other_stops:
        assert second.ended() == (0, "")
    first.process.send_signal(18)
    status, said = first.ended()
    assert (status, len(said.splitlines())) == ((0, 0) if has_swapped else (1, 1)), said
    if other_stops:
        second.go_on()
        assert second.ended() == (0, "")


def test_a_rebuild_to_other_definitions_killed_at_a_step_is_brought_to_its_end_by_the_next(
    new_space: SpaceMaker, logs: Path
) -> None:
    """On the bridge readers go on with the dead rebuild's tables; `migrate` leaves them there."""
    space = new_space()
    writer = Writer(space)
    with running_worker(space, logs):
        writer.write(60)
        for step in steps(CHANGED):
            as_from_an_older_version(space)
            with writer.going_on():
                Rebuild(space, "events", step).kill()
                wait_until(lambda: space.value("SELECT count() FROM conversations") > 0, "conversations can be read")
                migrate(space.direct)
                assert Rebuild(space, "events").ended() == (0, "")
            assert migrate(space.direct).drift == []
            assert_right(space, writer.events)
            assert leftovers(space) == []
    _reckon(space, writer, f"a rebuild to other definitions killed with SIGKILL at {len(steps(CHANGED))} steps")


def _reckon(space: Space, writer: Writer, fault: str) -> None:
    """The figures, everything exact, and nothing left."""
    sent = {event["id"] for event in writer.events}
    stored = {row["event_id"] for row in space.query("SELECT event_id FROM events FINAL")}
    doubled = sum(
        int(space.value(f"SELECT count() - uniqExact(workspace_id, {key}) FROM {view}"))
        for view, key in VIEW_KEYS.items()
    )
    report(Figures(fault, len(sent), len(stored), len(sent - stored), doubled, len(space.dead_letters())))
    assert stored == sent
    assert not doubled
    assert wrong(space, writer.events)[:5] == []
    migrate(space.direct)
    assert leftovers(space) == []
