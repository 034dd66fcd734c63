"""A broker that answers for one partition with an error: that partition is told and asked again, the others go on."""

from collections.abc import Callable
from pathlib import Path

from tests.support.raw_batches import batch, message, put
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import LAUNCHER, running_worker

#: CORRUPT_MESSAGE: the broker finds its own bytes spoiled.
CORRUPT = "2"


def test_a_partition_that_the_broker_cannot_read_itself_is_told_and_read_once_it_can(
    new_space: Callable[..., Space], logs: Path, tmp_path: Path
) -> None:
    space, code = new_space(), tmp_path / "code"
    topic, bootstrap = space.settings.topic("messages"), space.settings.kafka_bootstrap_servers
    code.write_text(CORRUPT)
    with running_worker(space, logs, LAUNCHER, {"FETCH_CODE_FILE": str(code)}) as worker:
        space.loop.run(put(bootstrap, topic, [(0, batch([message("spoiled")])), (1, batch([message("beside")]))]))
        wait_until(lambda: space.stored() == 1, "the other partitions go on")
        place = f"{topic}[0] stands still at offset 0: the broker answers Corrupt"
        wait_until(lambda: place in worker.get("/readyz")[1], "the partition is named")
        status, text = worker.get("/readyz")
        assert (status, text.splitlines()[0]) == (200, "ready")
        assert "dead-letters skip" not in text
        wait_until(lambda: "a partition stands still" in worker.logged(), "it is logged")
        code.unlink()
        space.until_committed()
        assert space.stored() == 2
        assert worker.get("/readyz")[1] == "ready\n"
        assert worker.alive
