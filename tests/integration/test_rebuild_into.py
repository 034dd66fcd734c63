"""`jejak rebuild --into`: another database that has everything, while workers go on with the old one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from projections.clickhouse import connect
from tests.exactness.comparison import differences
from tests.exactness.oracle.oracle import Oracle
from tests.support.jejak import jejak
from tests.support.rebuilds import Rebuild, Writer, assert_right, hashes
from tests.support.space import Space
from tests.support.worker import running_worker

SpaceMaker = Callable[..., Space]
STEPS = ("migrate", "copy arrivals", "pour", "follow", "verify")


@contextmanager
def new_database(space: Space) -> Iterator[Client]:
    """A client of the database that is to be filled, which is dropped at the end."""
    with connect(space.direct, database="default") as client:
        client.database = f"{space.name}_2"
        yield client
        client.database = "default"
        client.command(f"DROP DATABASE IF EXISTS `{space.name}_2`")


def assert_has_all(client: Client, events: list[dict[str, Any]]) -> None:
    assert differences(client, {"w": Oracle(events, hashes(client))})[:5] == []


def into(space: Space) -> tuple[str, str]:
    return "--into", f"{space.name}_2"


def test_another_database_gets_everything_while_workers_go_on(new_space: SpaceMaker, logs: Path) -> None:
    space = new_space()
    writer = Writer(space)
    with new_database(space) as client, running_worker(space, logs):
        writer.write(100)
        with writer.going_on():
            ran = jejak("rebuild", *into(space), settings=space.environment, timeout=180)
        assert (ran.status, ran.stderr) == (0, "")
        assert "JEJAK_CLICKHOUSE_URL" in ran.stdout
        assert jejak("rebuild", *into(space), settings=space.environment, timeout=180).status == 0
        assert_has_all(client, writer.events)
        assert_right(space, writer.events)


def test_a_worker_that_changes_over_goes_on_where_the_other_ended(new_space: SpaceMaker, logs: Path) -> None:
    space = new_space()
    writer = Writer(space)
    with new_database(space) as client:
        with running_worker(space, logs):
            writer.write(60)
            space.until_committed()
        assert jejak("rebuild", *into(space), settings=space.environment, timeout=180).status == 0
        there = {"JEJAK_CLICKHOUSE_URL": f"{space.environment['JEJAK_CLICKHOUSE_URL']}_2"}
        writer.write(20)
        with running_worker(space, logs, changes=there):
            writer.write(20)
            space.until_committed()
        assert_has_all(client, writer.events)


@pytest.mark.long
def test_it_can_be_killed_at_any_step_and_run_again(new_space: SpaceMaker, logs: Path) -> None:
    space = new_space()
    writer = Writer(space)
    with new_database(space) as client, running_worker(space, logs):
        writer.write(60)
        for step in STEPS:
            with writer.going_on():
                Rebuild(space, f"into:{space.name}_2", step).kill()
        assert Rebuild(space, f"into:{space.name}_2").ended() == (0, "")
        assert_has_all(client, writer.events)
        assert_right(space, writer.events)


def test_it_refuses_its_own_database_and_other_sources_in_one_line(new_space: SpaceMaker) -> None:
    space = new_space()
    own = jejak("rebuild", "--into", space.name, settings=space.environment)
    assert own.is_one_clear_line(space.name, "new one")
    both = jejak("rebuild", "--into", "other", "--from", "kafka", settings=space.environment)
    assert both.is_one_clear_line("--into", "--from kafka")
    odd = jejak("rebuild", "--into", "a b", settings=space.environment)
    assert odd.is_one_clear_line("name")
