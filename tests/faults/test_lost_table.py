"""A table or a materialized view that somebody dropped: the worker waits and says so, and goes on after `migrate`.

What a table had is brought back by `rebuild`. A view has nothing, and no row passes it while it is gone.

The fold absorbs whatever comes twice, so a restored read model must agree with one that was never lost: each is
compared with what the same views answered from the whole before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.jejak import jejak
from tests.support.load import VIEW_KEYS, Load, Reckoning, simulated
from tests.support.rounds import LONG
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import Worker, running_worker

pytestmark = pytest.mark.long


RATE = 500
LOST_VIEWS = 5
CONTACTS = 3_000


@contextmanager
def _under_load(space: Space, logs: Path, seed: int) -> Iterator[tuple[Load, Worker]]:
    load = Load(space, simulated(CONTACTS, seed=seed))
    with running_worker(space, logs) as worker:
        load.start(RATE)
        try:
            wait_until(lambda: space.stored() > RATE, "the load is on its way")
            yield load, worker
            load.stop()
            space.until_committed()
        finally:
            load.cancel()
        assert worker.alive


def _until_it_waits(worker: Worker, table: str) -> None:
    """Wait until the worker is unhealthy and says which table it misses, while it lives on."""

    def says() -> bool:
        status, reason = worker.get("/readyz")
        return status == 503 and table in reason

    wait_until(says, f"it says that {table} is missing", 60)
    assert worker.get("/healthz")[0] == 200
    assert worker.alive


def _until_tried_again(worker: Worker) -> None:
    retries = worker.metric("jejak_insert_retries_total")
    wait_until(lambda: worker.metric("jejak_insert_retries_total") > retries, "it tries again", 60)


def _restore(space: Space, missing: str, *source: str) -> None:
    """As an operator would: see what is missing, `migrate`, `rebuild`."""
    _migrate(space, missing)
    rebuilt = jejak("rebuild", *source, settings=space.environment, timeout=300)
    assert rebuilt.status == 0, rebuilt.stderr


def _migrate(space: Space, missing: str) -> None:
    checked = jejak("migrate", "--check", settings=space.environment, timeout=300)
    assert checked.status == 1
    assert f"{missing}: missing" in checked.stderr
    migrated = jejak("migrate", settings=space.environment, timeout=300)
    assert migrated.status == 0, migrated.stderr
    assert missing.rpartition(" ")[2] in migrated.stdout


def _agrees_with_a_rebuild(space: Space) -> None:
    """The views must answer just what they answer once everything is folded anew."""
    answers = [_answers(space)]
    rebuilt = jejak("rebuild", settings=space.environment, timeout=300)
    assert rebuilt.status == 0, rebuilt.stderr
    answers.append(_answers(space))
    for view in VIEW_KEYS:
        assert answers[0][view] == answers[1][view], view


def _answers(space: Space) -> dict[str, int]:
    """A hash over all rows of each view."""
    return {view: space.value(f"SELECT sum(cityHash64(*)) FROM {view}") for view in VIEW_KEYS}


#: What is lost, and what that is to the read models. One stands for all where there is little time.
TABLES = [("conversation_facts", "a projection's table"), ("person_facts", "the target of two materialized views")]


@pytest.mark.parametrize(("table", "what"), TABLES if LONG else TABLES[:1])
def test_a_lost_table_is_waited_for_and_restored(
    new_space: Callable[..., Space], logs: Path, table: str, what: str
) -> None:
    """The hazard: INSERTs go on without the table, their offsets are committed, and a read model lacks them for good.

    It fails where the worker goes on, where it ends, where it is ready, where it does not say what it misses, where
    `migrate` does not bring it back to work, and where the restored read models lack or double anything.
    """
    space = new_space()
    with _under_load(space, logs, seed=71) as (load, worker):
        space.client.command(f"DROP TABLE {table} SYNC")
        _until_it_waits(worker, table)
        _restore(space, f"table {table}")
        load.catch_up()
        worker.until_ready()
    _agrees_with_a_rebuild(space)
    Reckoning(space, load.records).check(f"table lost: {table}, {what}")


def test_lost_events_come_again_from_kafka(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: the table of all events is gone, and what was committed is in no place but the topics.

    The worker waits; `migrate` makes the table anew, empty; `rebuild --from kafka` fills it. It fails where the
    worker goes on without the table or where the topics' old records stay away from any view.
    """
    space = new_space()
    with _under_load(space, logs, seed=72) as (load, worker):
        space.client.command("DROP TABLE events SYNC")
        _until_it_waits(worker, "events")
        _restore(space, "table events", "--from", "kafka")
        load.catch_up()
        worker.until_ready()
    Reckoning(space, load.records).check("table lost: events (restored from Kafka)")


def test_a_lost_materialized_view_is_waited_for_and_needs_no_rebuild(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: to ClickHouse this is no error; INSERTs succeed, and one read model silently lacks their rows.

    It fails where a row that passed the view counts as stored, where the worker inserts without the view, does not say
    what it waits for, or does not go on once `migrate` has made the view again; and where the read model then lacks
    anything, without a rebuild.
    """
    space = new_space()
    times = LOST_VIEWS if LONG else 1
    with _under_load(space, logs, seed=73) as (load, worker):
        for _ in range(times):
            space.client.command("DROP VIEW conversation_facts_from_events SYNC")
            _until_it_waits(worker, "conversation_facts_from_events; run `jejak migrate`\n")
            _until_tried_again(worker)
            stored = space.stored()
            _until_tried_again(worker)
            assert space.stored() == stored, "nothing is inserted meanwhile"
            _migrate(space, "materialized view conversation_facts_from_events")
            load.catch_up()
            worker.until_ready()
    _agrees_with_a_rebuild(space)
    Reckoning(space, load.records).check(f"materialized view dropped under load and made again, {times} times")
