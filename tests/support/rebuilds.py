"""Rebuilds beside workers, for tests: what is written meanwhile, older definitions, what a dead one leaves."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from deploy.local.child import leashed
from projections.clickhouse import connect
from projections.faults import code_of
from projections.runs.run import run_of
from tests.exactness.comparison import differences
from tests.exactness.feeding import store
from tests.exactness.oracle.oracle import Oracle
from tests.support.processes import ROOT, environment
from tests.support.space import Space
from tests.support.waiting import wait_until

Event = dict[str, Any]


def talk(number: int, workspace: str, merges_every: int = 50) -> list[Event]:
    """A few events of every kind that the read models fold, of one conversation."""
    at = f"2026-02-01T00:00:{number % 60:02d}.{number // 60 % 1000:03d}Z"
    ids = {"contact_id": f"c{number % 500}", "conversation_id": f"k{number % 700}"}
    drawn: list[tuple[str, dict[str, Any]]] = [
        ("session.started", ids | {"session_id": f"s{number}", "initiator": "contact"}),
        ("message.incoming", ids | {"message_id": f"m{number}", "text": "halo", "channel": "whatsapp"}),
        ("agent.ai_response", ids | {"message_id": f"r{number}", "text": "ya"}),
        ("pipeline.changed", ids | {"to_status_id": f"st{number % 3}"}),
        ("label.added", ids | {"label_id": f"l{number % 4}"}),
    ]
    if number % merges_every == 0:
        drawn.append(("contact.merged", {"contact_id": f"c{number % 7}", "previous_id": f"c{number % 500}"}))
    return [
        {
            "specversion": "1.0",
            "id": f"e{number}.{index}",
            "source": "/t",
            "type": name,
            "time": at,
            "workspaceid": workspace,
            "data": data,
        }
        for index, (name, data) in enumerate(drawn)
    ]


def talks(first: int, last: int, merges_every: int = 50) -> list[Event]:
    return [event for number in range(first, last) for event in talk(number, "w", merges_every)]


def store_as_workers_do(client: Client, events: list[Event], dice: random.Random) -> None:
    """Again and again until the rows are taken: for the moment of a swap they are not."""
    while True:
        try:
            store(client, events, dice)
        except DatabaseError as error:
            assert code_of(error) == 469, error
            time.sleep(0.05)
        else:
            return


def hashes(client: Client) -> dict[tuple[str, str], int]:
    rows = client.query(
        "SELECT DISTINCT event_source, event_id, reinterpretAsUInt128(sipHash128(event_source, event_id)) FROM events"
    ).result_rows
    return {(source, name): value for source, name, value in rows}


def wrong(space: Space, events: list[Event]) -> list[str]:
    """Where the views differ from a plain fold of the events."""
    return differences(space.client, {"w": Oracle(events, hashes(space.client))})


def assert_right(space: Space, events: list[Event]) -> None:
    assert wrong(space, events)[:5] == []


def leftovers(space: Space) -> list[str]:
    """What rebuilds made and did not remove."""
    names = space.query("SELECT name FROM system.tables WHERE database = currentDatabase()")
    return [row["name"] for row in names if run_of(row["name"]) is not None]


def as_from_an_older_version(space: Space) -> None:
    """A table without one of today's columns, its materialized view and its view likewise."""
    client = space.client
    client.command(
        "CREATE OR REPLACE VIEW conversations AS SELECT workspace_id, conversation_id FROM conversation_facts"
    )
    old = space.value(
        "SELECT as_select FROM system.tables "
        "WHERE name = 'conversation_facts_from_events' AND database = currentDatabase()"
    )
    before, column, after = old.partition("maxOrNullIf(occurred_at, type = 'message.incoming') AS last_incoming_at")
    assert column
    client.command(f"ALTER TABLE conversation_facts_from_events MODIFY QUERY {before.rstrip().rstrip(',')} {after}")
    client.command("ALTER TABLE conversation_facts DROP COLUMN last_incoming_at")


def as_before_attribution(space: Space) -> None:
    """Ad touches by the rules, and in the columns, of a version that did not read URLs; and a view that reads them."""
    for name in ("leads", "ad_touches_by_contact", "ad_touches_from_events", "ad_touches"):
        space.client.command(f"DROP TABLE {name} SYNC")
    for sql in (ROOT / "tests/support/before_attribution.sql").read_text(encoding="utf-8").split(";\n"):
        if sql.strip():
            space.client.command(sql)
    space.client.command(
        "CREATE VIEW leads AS SELECT workspace_id, contact_id, first_touch.platform AS first_source_platform "
        "FROM ad_touches_by_contact"
    )


class Rebuild:
    """A rebuild as a process of its own, that stops at a step where one is given."""

    def __init__(self, space: Space, source: str, step: str = "", how: str = "") -> None:
        command = [sys.executable, "-m", "tests.support.stopping_rebuild", source, step, how]
        self.process = subprocess.Popen(
            leashed(command),
            cwd=ROOT,
            env=environment(space.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if step:
            assert self.process.stdout is not None
            assert self.process.stdout.readline() == "reached\n", self.process.communicate()

    def go_on(self) -> None:
        """Let one go on that stopped at its step and lives."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def ended(self, timeout: float = 180.0) -> tuple[int, str]:
        """Its exit status and what it said."""
        _, said = self.process.communicate(timeout=timeout)
        return self.process.returncode, said.strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


class Writer:
    """Appends talks to Kafka in the background, and knows all that it appended."""

    def __init__(self, space: Space, merges_every: int = 5) -> None:
        self._space = space
        self._every = merges_every
        self._number = 0
        self.events: list[Event] = []

    def write(self, count: int) -> None:
        """Append so many talks now."""
        some = talks(self._number, self._number + count, self._every)
        self._space.append_events(some)
        self._number += count
        self.events += some

    @contextmanager
    def going_on(self, each: int = 4, pause: float = 0.2) -> Iterator[None]:
        """Append all the time; at the end all of it is stored."""
        done = threading.Event()

        def go_on() -> None:
            while not done.is_set():
                self.write(each)
                done.wait(pause)

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
        self._space.until_committed(120)


@contextmanager
def reading(space: Space, look: Callable[[Client], str | None], readers: int = 1) -> Iterator[list[str]]:
    """Readers that never rest, and what they complain of."""
    complaints: list[str] = []
    looks = [0]
    stop = threading.Event()

    def read() -> None:
        with connect(space.direct) as client:
            while not stop.is_set():
                try:
                    complaint = look(client)
                except Exception as error:
                    complaint = str(error)[:500]
                looks[0] += 1
                if complaint:
                    complaints.append(complaint)

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    wait_until(lambda: looks[0] > 0, "a reader has looked")
    try:
        yield complaints
    finally:
        stop.set()
        for thread in threads:
            thread.join()
