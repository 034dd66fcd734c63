"""A worker whose broker is gone for good can still be stopped."""

from collections.abc import Callable
from pathlib import Path

from processors.kafka.topics import ensure_topics
from tests.support.brokers import running_broker
from tests.support.loop import BackgroundLoop
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import Worker, start_worker


def test_a_worker_whose_broker_is_gone_ends_when_it_is_asked_to(
    new_space: Callable[..., Space], stack: Stack, loop: BackgroundLoop, tmp_path: Path
) -> None:
    """aiokafka waits for ever for a coordinator that does not come back; an orchestrator would have to kill.

    It fails when a stop has no limit of its own.
    """
    space = new_space()
    with running_broker(stack.kind, tmp_path, loop) as broker:
        kafka = broker.bootstrap
        loop.run(ensure_topics(space.settings.model_copy(update={"kafka_bootstrap_servers": kafka})))
        with start_worker(space, tmp_path, changes={"JEJAK_KAFKA_BOOTSTRAP_SERVERS": kafka}) as worker:
            worker.until_ready()
            broker.stop()
            wait_until(lambda: "Kafka does not answer" in worker.get("/readyz")[1], "it says that Kafka is away")
            wait_until(lambda: _is_logged(worker), "it has logged that Kafka is away")
            assert worker.get("/healthz")[0] == 200
            worker.terminate()
            # 1 where the client still waited for the broker; 0 where it had noticed, for nothing was left to do.
            assert worker.wait(45) in (0, 1)
        lines = worker.logged().splitlines()
        # What aiokafka says ten times a second is let through once in a while.
        assert len(lines) < 30, len(lines)
        assert all(line.startswith("{") for line in lines)


def _is_logged(worker: Worker) -> bool:
    lines = worker.logged().splitlines()
    return any('"not ready"' in line and "Kafka does not answer" in line for line in lines)
