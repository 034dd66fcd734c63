"""A worker that cannot write a byte to any file: its state is elsewhere, and its log is not worth a life."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.ports import claim
from tests.support.faulty_worker import LAUNCHER
from tests.support.load import Load, Reckoning, simulated
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

pytestmark = pytest.mark.long


RATE = 1_000


def test_a_worker_without_room_on_its_disk_does_its_work(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: a full temporary directory or log ends the worker, or stops it amid a line.

    Every write to a file fails for it, and its log meets a full device from the first line on, errors included, which
    a rebalance and a stop add theirs to. It fails where it does not start, where an exception of the log reaches an
    agent, and where it does not stop cleanly.
    """
    space = new_space()
    load = Load(space, simulated(300, seed=81))
    port = str(claim(0, "the worker", "JEJAK_HTTP_PORT"))
    with running_worker(space, logs, LAUNCHER, {"NO_DISK": "1", "JEJAK_HTTP_PORT": port}) as worker:
        load.start(RATE)
        try:
            wait_until(lambda: space.stored() > RATE, "the load is on its way")
            load.finish()
            load.catch_up()
        finally:
            load.cancel()
        assert worker.stop() == 0
        assert not worker.logged()
    Reckoning(space, load.records).check("the worker's own disk is full")
