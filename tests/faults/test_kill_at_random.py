"""Workers killed at random moments, again and again: alone, and two in turn.

`JEJAK_TEST_FAULT_ROUNDS` says how often; `make test-faults` takes 20. The moments come from a seed, so that a run can
be repeated as far as the machine's own chance allows.
"""

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.load import Load, Reckoning, simulated
from tests.support.rounds import ROUNDS
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import Worker, start_worker

pytestmark = pytest.mark.long


RATE = 1_000
#: From starting, over joining the group and catching up, to steady work.
LATEST_SECONDS = 8.0
#: A killed member's partitions are nobody's for the tests' session time of 6 s.
EACH_LATEST_SECONDS = 9.0


def _kill_at(worker: Worker, seconds: float) -> None:
    """Kill a worker so long from now."""
    begun = time.monotonic()
    wait_until(lambda: time.monotonic() - begun >= seconds, "the moment has come", seconds + 5)
    assert worker.alive, worker.logged()[-2000:]
    assert worker.kill() == -signal.SIGKILL


def _load(space: Space, seconds: float, seed: int) -> Load:
    """A load that lasts for longer than the rounds; a contact of the simulation has some 40 events."""
    return Load(space, simulated(int((seconds + 120) * RATE / 35), seed=seed))


def test_a_worker_killed_at_random_moments_loses_nothing(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: one moment among all (joining, fetching, writing, committing) at which death costs a record.

    The kill is not aimed, so it fails only where such a moment is met; the aimed ones are in `test_kill.py`. Records
    keep coming at a steady pace, and each worker begins where the last one's commits ended.
    """
    dice = random.Random(41)
    space = new_space()
    load = _load(space, ROUNDS * LATEST_SECONDS, seed=41)
    load.start(RATE)
    try:
        for _ in range(ROUNDS):
            with start_worker(space, logs) as worker:
                _kill_at(worker, dice.uniform(0.2, LATEST_SECONDS))
        with start_worker(space, logs):
            load.catch_up()
            load.stop()
            space.until_committed()
    finally:
        load.cancel()
    Reckoning(space, load.records).check(f"kill -9 at random moments, {ROUNDS} rounds")


def test_two_workers_killed_in_turn_lose_nothing(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: partitions change hands without a goodbye, and the heir begins behind what the dead one had.

    There are always two workers, or one and one that is starting. It fails where a rebalance commits for partitions
    that were taken away, where records fetched under the old assignment are dropped, and where a partition is stuck
    because everybody believes that the other one has it.
    """
    dice = random.Random(42)
    space = new_space()
    load = _load(space, ROUNDS * EACH_LATEST_SECONDS, seed=42)
    workers = [start_worker(space, logs), start_worker(space, logs)]
    load.start(RATE)
    try:
        for number in range(ROUNDS):
            _kill_at(workers[number % 2], dice.uniform(1.0, EACH_LATEST_SECONDS))
            workers[number % 2] = start_worker(space, logs)
        load.catch_up()
        load.stop()
        space.until_committed()
        assert all(worker.alive for worker in workers)
    finally:
        load.cancel()
        for worker in workers:
            with worker:
                pass
    Reckoning(space, load.records).check(f"two workers, kill -9 in turn, {ROUNDS} rounds")
