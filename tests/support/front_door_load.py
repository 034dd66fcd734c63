"""Browsers under load: clients that send events to the front door and try again as the tracker does."""

import http.client
import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from deploy.local.ports import claim
from schemas.instant import iso
from tests.support.front_door import BROWSER, ORIGIN, PAGE_KEY, PAYLOAD, WORKSPACE, FrontDoor, write_test_sources
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.web_events import now_ms, page_view

CLIENTS = 4
#: The tracker gives these up, and tries everything else again.
_GIVEN_UP = {400, 401, 403, 410, 422}
_TIMEOUT_SECONDS = 5.0
_BATCH = 10
_PAUSE_SECONDS = 0.01


class Client(threading.Thread):
    """One browser: makes events, keeps them until they are answered 200, and sends the oldest first.

    Attributes:
        answered: the ids that were answered 200.
        given_up: how many events were answered with a status that the tracker does not try again.
        failures: how many requests failed.
    """

    def __init__(self, port: int, number: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._kept: deque[dict[str, str]] = deque()
        self._made_enough = threading.Event()
        self.visitor = str(uuid.uuid4())
        self.contact = f"ct_{number}_{self.visitor[:8]}"
        self.answered: list[str] = []
        self.given_up = 0
        self.failures = 0

    def run(self) -> None:
        """Called by the thread: until it is told to stop and everything is answered."""
        while not self._made_enough.is_set() or self._kept:
            if not self._made_enough.is_set():
                self._kept.append(page_view(duid=self.visitor))
            batch = [self._kept[place] | {"stm": str(now_ms())} for place in range(min(_BATCH, len(self._kept)))]
            status = self._send(batch)
            if status == 200 or status in _GIVEN_UP:
                for event in batch:
                    self._kept.popleft()
                    if status == 200:
                        self.answered.append(event["eid"])
                self.given_up += 0 if status == 200 else len(batch)
            else:
                self.failures += 1
            time.sleep(_PAUSE_SECONDS)

    def _send(self, batch: list[dict[str, str]]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS)
        body = json.dumps({"schema": PAYLOAD, "data": batch})
        try:
            headers = {"Content-Type": "application/json", "Origin": ORIGIN, "User-Agent": BROWSER}
            connection.request("POST", f"/t/{PAGE_KEY}", body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def finish(self) -> None:
        """Make no more events."""
        self._made_enough.set()


class Crowd:
    """Four clients, and a front door on a port that stays."""

    def __init__(self, space: Space, directory: Path) -> None:
        self._space = space
        self._directory = directory
        self.port = claim(0, "the front door", "")
        self.clients = [Client(self.port, number) for number in range(CLIENTS)]
        self.door = self.open_door()

    def open_door(self) -> FrontDoor:
        """Start a front door; one before it has ended."""
        sources = self._directory / "sources.toml"
        if not sources.exists():
            write_test_sources(sources)
        settings = self._space.environment | {"JEJAK_COLLECT_PORT": str(self.port)}
        number = len(list(self._directory.glob("door-*.log")))
        self.door = FrontDoor(settings, self._directory / f"door-{number}.log", sources)
        return self.door

    def begin(self) -> None:
        """Tie each client's visitor to a contact of its own, and let them all send."""
        ties = [_tie(client) for client in self.clients]
        self._space.append_events(ties)
        for client in self.clients:
            client.start()

    def answered(self) -> int:
        """How many events were answered 200 so far."""
        return sum(len(client.answered) for client in self.clients)

    def is_waiting(self) -> bool:
        """Whether the front door holds events that are not acknowledged."""
        return (
            self.door.metric("jejak_collect_in_flight_bytes") > 0
            and self.door.metric("jejak_collect_received_total") >= CLIENTS
        )

    def until_more(self, count: int) -> None:
        """Wait until so many more events are answered 200."""
        goal = self.answered() + count
        wait_until(lambda: self.answered() >= goal, f"{count} more events are answered 200", 90)

    def finish(self) -> None:
        """Let everything that was made be answered."""
        for client in self.clients:
            client.finish()
        for client in self.clients:
            client.join(90)
            assert not client.is_alive(), "a client waits for an answer in vain"

    def check(self) -> None:
        """Everything that was answered 200 comes to be in the journey, once."""
        assert sum(client.given_up for client in self.clients) == 0
        for client in self.clients:
            wait_until(partial(self._has_all, client), "all that was answered 200 is in the journey", 120)
            assert set(self._seen(client).values()) == {1}

    def _has_all(self, client: Client) -> bool:
        return set(client.answered) <= self._seen(client).keys()

    def _seen(self, client: Client) -> dict[str, int]:
        """How often each event is in the journey of a client's contact."""
        rows = self._space.query(
            "SELECT event_id, count() AS times "
            "FROM contact_journey(workspace_id = {w:String}, contact_id = {c:String}) GROUP BY event_id",
            w=WORKSPACE,
            c=client.contact,
        )
        return {row["event_id"]: row["times"] for row in rows}


def _tie(client: Client) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"tie-{client.visitor}",
        "source": "/crm",
        "type": "contact.identified",
        "time": iso(now_ms()),
        "workspaceid": WORKSPACE,
        "data": {"visitor_id": client.visitor, "contact_id": client.contact},
    }


@contextmanager
def crowd(space: Space, directory: Path) -> Iterator[Crowd]:
    """Clients and a front door, gone at the end."""
    made = Crowd(space, directory)
    try:
        made.door.until_ready()
        yield made
    finally:
        for client in made.clients:
            client.finish()
        with made.door:
            pass
