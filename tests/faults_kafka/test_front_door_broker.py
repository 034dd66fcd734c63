"""The front door and a broker that is killed under load, in turn: what was answered 200 is there, once."""

from collections.abc import Callable
from pathlib import Path

from tests.support.brokers import ApacheKafka
from tests.support.front_door_load import crowd
from tests.support.rounds import ROUNDS
from tests.support.space import Space
from tests.support.worker import running_worker

EVENTS = 300


def test_a_broker_and_a_front_door_killed_in_turn_cost_nothing(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a 200 before the acknowledgement, or a door that never finds the broker again."""
    kafka = brokers(1)
    space = space_on(kafka.bootstrap)
    with running_worker(space, logs), crowd(space, logs) as clients:
        clients.begin()
        for _ in range(ROUNDS):
            clients.until_more(EVENTS)
            kafka.kill()
            kafka.restart()
            clients.until_more(EVENTS)
            clients.door.kill()
            clients.open_door()
        clients.until_more(EVENTS)
        clients.finish()
        clients.check()
        failures = sum(client.failures for client in clients.clients)
        print(f"{clients.answered()} events answered 200, {failures} requests failed, nothing lost")
