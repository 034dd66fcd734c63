"""An agent that raises ends its process, and the batch it had comes again: an error is never taken for an ack."""

from collections.abc import Callable
from pathlib import Path

from tests.support.load import Load, Reckoning, simulated
from tests.support.restarts import Restarts
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import LAUNCHER, Worker, start_worker

#: One life each: at which batch its agent raises, and whether before or behind the batch's work.
FAULTS = ({"FAIL_BATCH": "9", "FAIL_WHEN": "before"}, {"FAIL_BATCH": "14", "FAIL_WHEN": "after"})


def test_an_agent_that_raises_loses_nothing_and_is_started_again(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: Faust acks an event whose agent raised, and goes on; the batch would be gone.

    The first worker raises before a batch's work, the second behind it, amid other batches in flight of the same
    and of other partitions; the third is sound. It fails where an error is survived with the batch skipped, where the
    process ends as if nothing was wrong (an orchestrator may then leave it), and where it hangs instead of ending.
    """
    records = simulated(700, seed=11)
    space = new_space()
    load = Load(space, records)

    def start(life: int) -> Worker:
        return start_worker(space, logs, LAUNCHER, FAULTS[life] if life < len(FAULTS) else {})

    with Restarts(start) as restarts:
        load.start(rate=4_000)
        try:
            wait_until(lambda: len(restarts.statuses) == len(FAULTS), "both faults happened", 90)
            load.finish()
            space.until_committed(90)
        finally:
            load.cancel()
        print(f"exit statuses of the workers that raised: {restarts.statuses}")
        assert all(status > 0 for status in restarts.statuses)
        assert len(restarts.statuses) == len(FAULTS)
        for log in sorted(logs.glob("worker-*.log"))[: len(FAULTS)]:
            assert "PlannedError" in log.read_text()
    Reckoning(space, records).check("an agent raises, before its work and behind it")
