"""Workers that come and go under load: one joins, one leaves, one stands still for longer than its session."""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.load import Load, Reckoning, simulated
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import Worker, running_worker, start_worker

pytestmark = pytest.mark.long


RATE = 1_000
ASSIGNED = '"partitions assigned"'


def _until_at_work(worker: Worker, rows: int = RATE // 2) -> None:
    """Wait until this very worker has stored so many more rows."""
    worker.until_ready()
    before = worker.metric("jejak_rows_stored_total")
    wait_until(lambda: worker.metric("jejak_rows_stored_total") > before + rows, "it stores rows", 60)


def test_a_worker_that_joins_and_one_that_leaves_cost_nothing(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: records in flight while partitions change hands are dropped, or committed by nobody for ever.

    A second worker joins amid the load, the first one leaves by SIGTERM, a third one joins and the second leaves. It
    fails where a rebalance drops what was fetched, where a newcomer gets no partition, where one that leaves does not
    end by itself, and where a partition stays behind without a reader.
    """
    space = new_space()
    load = Load(space, simulated(3_500, seed=51))
    with ExitStack() as running:
        first = running.enter_context(running_worker(space, logs))
        load.start(RATE)
        try:
            _until_at_work(first)
            second = running.enter_context(start_worker(space, logs))
            _until_at_work(second)
            assert first.stop() == 0
            load.catch_up()
            third = running.enter_context(start_worker(space, logs))
            _until_at_work(third)
            assert second.stop() == 0
            load.catch_up()
            load.stop()
            space.until_committed()
        finally:
            load.cancel()
        assert third.alive
    Reckoning(space, load.records).check("a worker joins, one leaves, twice, under load")


def test_a_worker_that_stood_still_for_longer_than_its_session_costs_nothing(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a machine that was suspended wakes with old records in its hands and commits them over its heir's.

    One of two workers is stopped (SIGSTOP) until the other one has taken its partitions over and stored what it had
    not; then it goes on in the belief that no time has passed. It fails where it commits as the member that it no
    longer is, where it stores nothing any more, and where it ends.
    """
    space = new_space()
    load = Load(space, simulated(4_500, seed=52))
    with running_worker(space, logs) as near, running_worker(space, logs) as far:
        load.start(RATE)
        try:
            _until_at_work(far)
            assigned = near.logged().count(ASSIGNED)
            far.signal(signal.SIGSTOP)
            wait_until(lambda: near.logged().count(ASSIGNED) > assigned, "the other one has taken over", 60)
            load.catch_up()
            far.signal(signal.SIGCONT)
            _until_at_work(far)
            load.stop()
            space.until_committed(90)
        finally:
            load.cancel()
            far.signal(signal.SIGCONT)
        assert near.alive
        assert far.alive
    Reckoning(space, load.records).check("a worker stands still for longer than its session (SIGSTOP)")
