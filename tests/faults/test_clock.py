"""A wall clock that jumps, forth and back by hours: time is told by records and by the monotonic clock."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.faulty_worker import BACK, FORTH, LAUNCHER
from tests.support.load import Load, Reckoning, simulated
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import Worker, running_worker

pytestmark = pytest.mark.long


RATE = 1_000
HOUR = 3_600
#: Forth, and back by twice as much: an hour too late and an hour too early.
JUMPS = (FORTH, BACK, BACK)


def test_a_clock_that_jumps_by_hours_rejects_loses_and_stops_nothing(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: intervals taken from the wall clock end never or at once, and events seem to come from the future.

    Sessions, flushes, commits, retries and the watchdog must not notice, and "not more than 10 minutes after the
    record's own timestamp" is no question to the worker's clock. It fails where the worker leaves the group, ends,
    does not get on for as long as the clock is back, or rejects what is good.
    """
    space = new_space()
    load = Load(space, simulated(3_000, seed=61))
    with running_worker(space, logs, LAUNCHER, {"CLOCK_JUMP_SECONDS": str(HOUR)}) as worker:
        load.start(RATE)
        try:
            wait_until(lambda: space.stored() > RATE, "the load is on its way")
            for number, jump in enumerate(JUMPS, 1):
                worker.signal(jump)
                _until_jumped(worker, number)
                load.catch_up()
                assert worker.get("/readyz")[0] == 200
            load.stop()
            space.until_committed()
        finally:
            load.cancel()
        assert worker.alive
        assert worker.logged().count('"partitions assigned"') == 1
    Reckoning(space, load.records).check("the worker's clock jumps an hour forth, two back")


def _until_jumped(worker: Worker, times: int) -> None:
    wait_until(lambda: worker.said().count("wall clock") == times, "the clock has jumped")
