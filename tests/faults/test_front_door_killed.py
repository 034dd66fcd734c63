"""A front door that is killed loses nothing that it answered 200, and doubles nothing that is sent again."""

from pathlib import Path

from tests.support.front_door_load import crowd
from tests.support.loop import BackgroundLoop
from tests.support.own_broker import own_broker
from tests.support.rounds import ROUNDS
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

#: Answered between two kills.
EVENTS = 300


def test_kill_9_of_the_front_door_under_load_loses_and_doubles_nothing(
    stack: Stack, loop: BackgroundLoop, logs: Path
) -> None:
    """The hazard: a 200 for what only the killed process had, or a retry that is another event.

    Four clients send and try again as the tracker does, while the door is killed and started again. It is killed while
    the broker stands still, so that it has records in its hands that nobody has acknowledged.
    """
    with (
        own_broker(stack, logs, loop) as broker,
        running_worker(space := broker.space, logs),
        crowd(space, logs) as clients,
    ):
        clients.begin()
        for _ in range(max(ROUNDS, 2)):
            clients.until_more(EVENTS)
            with broker.standing_still():
                wait_until(clients.is_waiting, "events wait for their acknowledgement")
                clients.door.kill()
            clients.open_door()
        clients.until_more(EVENTS)
        clients.finish()
        clients.check()
        failures = sum(client.failures for client in clients.clients)
        print(f"{clients.answered()} events answered 200, {failures} requests failed, nothing lost")
        assert failures
