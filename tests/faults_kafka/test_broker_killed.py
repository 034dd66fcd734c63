"""A broker that dies under load: alone, and as one of three."""

from collections.abc import Callable
from pathlib import Path

from tests.support.brokers import ApacheKafka
from tests.support.load import Load, Reckoning, simulated
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

RATE = 1_000


def test_a_broker_killed_and_started_again_with_its_data_costs_nothing(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space], logs: Path
) -> None:
    """The hazard: offsets and records that a client believes in and the broker has forgotten, or a client that hangs.

    The only broker is killed twice, amid appends and fetches, and comes back with its data. It fails where the
    worker hangs or commits what it has not stored. The producer repeats what was not acknowledged, so records may lie
    in the topics twice; the views must not show it.
    """
    kafka = brokers(1)
    space = space_on(kafka.bootstrap)
    load = Load(space, simulated(2_600, seed=21))
    with running_worker(space, logs) as worker:
        load.start(RATE)
        try:
            for goal in (5_000, 20_000):
                _until_stored(space, goal)
                kafka.kill()
                kafka.restart()
                seconds = load.recovery(RATE)
                print(f"killed at {load.sent} sent: recovered {seconds:.1f} s after its return")
            load.stop()
            space.until_committed(90)
        finally:
            load.cancel()
        assert worker.alive
    Reckoning(space, load.records).check()


def test_one_broker_of_three_killed_under_load_costs_nothing(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a record that the dead leader had acknowledged, or a coordinator that is not looked for elsewhere.

    Each node in turn is killed under load, so leaders, the group's coordinator and the controller are among them,
    and started again once the others have gone on without it.
    """
    kafka = brokers(3)
    space = space_on(kafka.bootstrap)
    load = Load(space, simulated(4_000, seed=22))
    with running_worker(space, logs) as worker:
        load.start(RATE)
        try:
            wait_until(lambda: space.stored() > 3_000, "the load is on its way", 60)
            for node in kafka.cluster.nodes:
                kafka.kill(node)
                seconds = load.recovery(RATE)
                kafka.restart(node)
                print(f"node {node} killed: recovered after {seconds:.1f} s without it")
            load.stop()
            space.until_committed(90)
        finally:
            load.cancel()
        assert worker.alive
    Reckoning(space, load.records).check()


def _until_stored(space: Space, count: int) -> None:
    wait_until(lambda: space.stored() > count, f"{count} events are stored", 60)
