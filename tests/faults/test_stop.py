"""SIGTERM under load: what was taken is written and committed before the worker ends."""

from collections.abc import Callable
from pathlib import Path

from tests.support.load import Load, Reckoning, simulated
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker


def test_sigterm_under_load_leaves_stored_exactly_what_is_committed(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a stop that commits what it has not written loses it; one that writes and does not commit does twice.

    Every event is sent once, so what is stored and what is left to read must add up to what was sent. It fails
    where a stop drops taken batches, forgets the last commit, or does not end in time.
    """
    records = simulated(1_500, seed=17)
    space = new_space()
    load = Load(space, records)
    with running_worker(space, logs) as worker:
        load.start(rate=3_000)
        try:
            wait_until(lambda: space.stored() > 3_000, "the load is on its way")
            status = worker.stop()
            load.stop()
        finally:
            load.cancel()
    stored, left = space.stored(), space.lag()
    print(f"sent {load.sent}: {stored} stored when the worker had stopped, {left} left")
    assert status == 0
    assert left > 0
    assert stored + left == load.sent
    with running_worker(space, logs):
        space.until_committed()
    Reckoning(space, load.records).check()
