"""Scratch databases: what a killed migration leaves is dropped by the next one, and nothing else is."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from projections import scratch
from projections.migrate import migrate
from projections.scratch import drop_left
from tests.support.processes import ROOT, environment, leashed
from tests.support.space import Space
from tests.support.waiting import wait_until

SpaceMaker = Callable[..., Space]


def beside(space: Space) -> set[str]:
    """The databases whose names begin with the space's, without its own."""
    rows = space.query("SELECT name FROM system.databases WHERE startsWith(name, {own:String})", own=f"{space.name}_")
    return {row["name"].removeprefix(f"{space.name}_") for row in rows}


@pytest.fixture
def space(new_space: SpaceMaker) -> Iterator[Space]:
    made = new_space()
    yield made
    for name in beside(made):
        made.client.command(f"DROP DATABASE `{made.name}_{name}`")


def create(space: Space, *names: str) -> None:
    for name in names:
        space.client.command(f"CREATE DATABASE `{space.name}_{name}`")


def now(space: Space) -> int:
    return int(space.value("SELECT toUnixTimestamp(now())"))


def test_a_migration_drops_what_dead_ones_left_and_what_it_made_itself(space: Space) -> None:
    """Also of an older version, whose names do not tell the time."""
    create(space, f"expected_{now(space) - 100}_0123abcd", "expected_89abcdef")
    migrate(space.direct)
    assert beside(space) == set()


def test_what_a_migration_killed_amid_its_tables_left_is_dropped_once_it_is_silent(
    space: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = subprocess.Popen(
        leashed([sys.executable, "-m", "commands", "migrate"]), cwd=ROOT, env=environment(space.environment)
    )
    wait_until(lambda: beside(space) != set(), "the scratch database is there")
    process.kill()
    process.wait()
    left = beside(space)
    assert left
    assert drop_left(space.client, space.name) == [], "it may live as yet"
    monkeypatch.setattr(scratch, "_LEASE_SECONDS", 1)
    wait_until(lambda: {f"{space.name}_{name}" for name in left} == set(drop_left(space.client, space.name)), "dropped")
    assert beside(space) == set()


def test_what_is_made_just_now_is_left_to_its_owner(space: Space) -> None:
    """As long as it makes one thing after the other, it lives."""
    young, old = f"expected_{now(space)}_0123abcd", f"expected_{now(space) - 3_600}_0123abcd"
    create(space, young, old)
    space.client.command(f"CREATE TABLE `{space.name}_{old}`.contacts (a UInt8) ENGINE = Memory")
    assert drop_left(space.client, space.name) == []
    assert beside(space) == {young, old}


def test_what_holds_rows_or_has_another_name_is_nobodys_to_drop(space: Space) -> None:
    names = ("expected_01234567", "expected_sales", "expected_1_0123abcd_kept")
    create(space, *names)
    space.client.command(f"CREATE TABLE `{space.name}_expected_01234567`.own ENGINE = Memory AS SELECT 1 AS a")
    assert drop_left(space.client, space.name) == []
    assert beside(space) == {*names}
