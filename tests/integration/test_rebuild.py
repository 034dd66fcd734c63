"""`jejak rebuild`: new tables beside the old, filled while events arrive, swapped in without a gap."""

import os
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.local.child import leashed
from projections.clickhouse import connect
from projections.migrate import migrate
from projections.rebuild.course import rebuild
from tests.exactness.feeding import store
from tests.support.jejak import jejak
from tests.support.processes import JEJAK, ROOT, environment
from tests.support.rebuilds import as_from_an_older_version, assert_right, leftovers, store_as_workers_do, talks
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

SpaceMaker = Callable[..., Space]


@contextmanager
def watching(space: Space) -> Iterator[list[str]]:
    """A reader that never rests, and what it ran into: errors, and counts that went down."""
    trouble: list[str] = []
    stop = threading.Event()

    def read() -> None:
        highest = dict.fromkeys(("conversations", "leads", "contacts", "sessions"), 0)
        with connect(space.direct) as client:
            while not stop.is_set():
                for view, before in highest.items():
                    try:
                        count = client.query(f"SELECT count() FROM {view}").result_rows[0][0]
                    except Exception as error:
                        trouble.append(f"{view}: {error}")
                        continue
                    if count < before:
                        trouble.append(f"{view}: {count} rows after {before}")
                    highest[view] = count

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield trouble
    finally:
        stop.set()
        reader.join()


def test_a_rebuild_under_load_loses_nothing_and_shows_no_gap(new_space: SpaceMaker) -> None:
    """A writer and a reader go on throughout. It can fail: with the swap before the pouring, readers see empty tables;
    without the copy of arrivals, what the writer stores meanwhile is missing."""
    space = new_space()
    dice = random.Random(1)
    events = talks(0, 600)
    store(space.client, events, dice)
    done = threading.Event()
    written: list[dict[str, Any]] = []

    def write() -> None:
        with connect(space.direct) as client:
            number = 600
            while not done.is_set() or number < 700:
                store_as_workers_do(client, talks(number, number + 20), random.Random(number))
                written.extend(talks(number, number + 20))
                number += 20

    writer = threading.Thread(target=write)
    with watching(space) as trouble:
        writer.start()
        assert rebuild(space.direct, lambda *_: None).drift == []
        done.set()
        writer.join()
    assert trouble == []
    assert_right(space, events + written)
    assert leftovers(space) == []


def test_a_rebuild_mends_tables_that_lost_their_rows(new_space: SpaceMaker) -> None:
    space = new_space()
    events = talks(0, 200)
    store(space.client, events, random.Random(2))
    for table in ("conversation_facts", "person_facts", "contact_roots", "session_starts"):
        space.client.command(f"TRUNCATE TABLE {table}")
    assert jejak("rebuild", settings=space.environment).status == 0
    assert_right(space, events)


def test_a_lost_table_comes_back_by_migrate_and_rebuild(new_space: SpaceMaker) -> None:
    space = new_space()
    events = talks(0, 100)
    store(space.client, events, random.Random(3))
    space.client.command("DROP TABLE conversation_facts SYNC")
    refused = jejak("rebuild", settings=space.environment)
    assert refused.status == 1
    assert "conversation_facts" in refused.stderr and "jejak migrate" in refused.stderr
    assert jejak("migrate", settings=space.environment).status == 0
    assert jejak("rebuild", settings=space.environment).status == 0
    assert_right(space, events)


@pytest.mark.parametrize("delay", [0.0, pytest.param(0.2, marks=pytest.mark.long), 0.5])
def test_a_killed_rebuild_leaves_the_tables_as_they_were_and_can_be_run_again(
    new_space: SpaceMaker, delay: float
) -> None:
    space = new_space()
    events = talks(0, 600)
    store(space.client, events, random.Random(4))
    process = subprocess.Popen(leashed([*JEJAK, "rebuild"]), env=environment(space.environment), cwd=ROOT)
    wait_until(lambda: leftovers(space) or process.poll() is not None, "the rebuild has begun", 30)
    with pytest.raises(subprocess.TimeoutExpired) if delay == 0 else _either():
        process.wait(delay)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert_right(space, events)
    more = talks(600, 640)
    store(space.client, more, random.Random(5))
    assert_right(space, events + more)
    assert jejak("rebuild", settings=space.environment).status == 0
    assert_right(space, events + more)
    assert leftovers(space) == []


@contextmanager
def _either() -> Iterator[None]:
    """The kill may come before or after the end; both must leave right tables."""
    try:
        yield
    except subprocess.TimeoutExpired:
        return


def test_a_changed_projection_is_brought_in_by_migrate_and_rebuild(new_space: SpaceMaker) -> None:
    """As from an older version: a table without one of today's columns, its materialized view and its view likewise."""
    space = new_space()
    events = talks(0, 300)
    client = space.client
    as_from_an_older_version(space)
    store(client, events, random.Random(6))

    told = jejak("migrate", settings=space.environment)
    assert told.status == 1
    assert "table conversation_facts: column last_incoming_at is missing" in told.stderr
    assert client.query("SELECT count() FROM conversations").result_rows[0][0] > 0

    assert jejak("rebuild", settings=space.environment).status == 0
    assert migrate(space.direct).drift == []
    assert_right(space, events)


def test_a_rebuild_from_the_topics_restores_what_clickhouse_lost(new_space: SpaceMaker, logs: Path) -> None:
    space = new_space()
    events = talks(0, 200)
    with running_worker(space, logs):
        space.append_events(events)
        space.until_committed()
        space.client.command("ALTER TABLE events DELETE WHERE event_id LIKE 'e1%' SETTINGS mutations_sync = 2")
        space.client.command("TRUNCATE TABLE conversation_facts")
        more = talks(200, 240)
        space.append_events(more)
        ran = jejak("rebuild", "--from", "kafka", settings=space.environment)
        assert (ran.status, ran.stderr) == (0, "")
        space.until_committed()
    assert_right(space, events + more)


def test_a_rebuild_from_the_topics_refuses_to_lose_a_stored_event(new_space: SpaceMaker, logs: Path) -> None:
    space = new_space()
    with running_worker(space, logs):
        space.append_events(talks(0, 20))
        space.until_committed()
    only_stored = talks(20, 22)
    store(space.client, only_stored, random.Random(7))
    refused = jejak("rebuild", "--from", "kafka", settings=space.environment)
    assert refused.is_one_clear_line(f"{len(only_stored)} stored events are not in the topics", "--allow-loss")
    assert_right(space, talks(0, 22))
    assert jejak("rebuild", "--from", "kafka", "--allow-loss", settings=space.environment).status == 0
    assert_right(space, talks(0, 20))
