"""The lock: one rebuild at a time, and a dead one does not block the next.

ClickHouse has no locks, but it creates a table of a name only once. A lock is such a table, `rebuild_lock_…` with a
number; the highest number holds. Its holder writes a row every few seconds, and by the *server's* clock it counts as
dead when the last one is too old. Then the next number may be created, by one only: that is the takeover, and the
number that was taken over is never the highest again. A holder that was paused and wakes up finds that out before its
next step, and `projections/runs/run.py`'s fence holds where it does not look in time.

The last lock stays when its holder has ended, marked as released, so that numbers never begin again.
"""

import os
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError

from projections.faults import code_of
from projections.query import ask
from projections.runs.errors import RebuildError
from projections.runs.run import Run, run_read_by

BEAT_SECONDS = 2.0
#: Many beats: a busy server answers late, and a takeover costs the one that lives all its work.
LEASE_SECONDS = 15.0
_PREFIX = "rebuild_lock_"
_LOOK_SECONDS = 0.25
_TABLE_EXISTS = 57
_TABLE_UNKNOWN = 60


@dataclass(frozen=True)
class Holder:
    """Who holds the lock, or held it last.

    Attributes:
        table: the lock.
        who: the run, the host and the process.
        since: when it was taken, by the server's clock.
        beats: how many signs of life there are.
        age: seconds since the last one.
        is_released: whether it has ended in good order.
    """

    table: str
    who: str
    since: datetime
    beats: int
    age: float
    is_released: bool

    @property
    def lives(self) -> bool:
        """Whether it may still be at work."""
        return not self.is_released and self.age < LEASE_SECONDS

    @property
    def token(self) -> str:
        """Its run's."""
        return next(iter(run_read_by(self.who)), "")

    def __str__(self) -> str:
        return f"{self.who}, since {self.since:%Y-%m-%d %H:%M:%S}, last sign of life {self.age:.0f} s ago"


def holder(client: Client) -> Holder | None:
    """Who holds the lock now or held it last; None if there never was one."""
    for row in ask(client, "rebuild_locks"):
        try:
            (beats,) = ask(client, "rebuild_beats", table=row["name"])
        except DatabaseError as error:
            if code_of(error) == _TABLE_UNKNOWN:
                continue
            raise
        age = beats["age"] if beats["beats"] else row["age"]
        return Holder(row["name"], row["holder"], row["since"], beats["beats"], age, bool(beats["is_released"]))
    return None


def living_holder(client: Client) -> Holder | None:
    """Who is at work now; waits for a holder's next sign of life, or until it counts as dead."""
    first = found = holder(client)
    deadline = time.monotonic() + 2 * LEASE_SECONDS
    while found is not None and found.lives and time.monotonic() < deadline:
        if first is None or found.table != first.table or found.beats > first.beats:
            return found
        time.sleep(_LOOK_SECONDS)
        found = holder(client)
    return found if found is not None and found.lives else None


class Lock:
    """A lock that is held; as a context manager it is released at the end."""

    def __init__(self, client: Client, connect: Callable[[], Client], run: Run) -> None:
        """Take the lock.

        Arguments:
            client: a client of Jejak's database.
            connect: opens one more, for the signs of life.
            run: who takes it.

        Raises:
            RebuildError: another one holds it.
        """
        self._client = client
        self._connect = connect
        if (living := living_holder(client)) is not None:
            raise RebuildError(f"another rebuild is under way: {living}; nothing was changed")
        last = holder(client)
        self.table = f"{_PREFIX}{int(last.table.removeprefix(_PREFIX)) + 1 if last else 1:010d}"
        host = re.sub(r"[^\w.-]", "", socket.gethostname())
        self._create(f"run{run.suffix} on {host}, process {os.getpid()}")
        self._beat(client)
        self.check()
        for row in ask(client, "rebuild_locks"):
            if row["name"] < self.table:
                client.command(f"DROP TABLE IF EXISTS {row['name']}")
        self._ended = threading.Event()
        self._beating = threading.Thread(target=self._keep_beating, daemon=True)

    def _create(self, who: str) -> None:
        try:
            self._client.command(
                f"CREATE TABLE {self.table} (at DateTime64(3) DEFAULT now64(3), is_released UInt8) "
                f"ENGINE = MergeTree ORDER BY at COMMENT '{who}'"
            )
        except DatabaseError as error:
            if code_of(error) != _TABLE_EXISTS:
                raise
            raise RebuildError("another rebuild began at the same moment; nothing was changed") from None

    def check(self) -> None:
        """Make sure that it is still held.

        Raises:
            RebuildError: another one has taken it over.
        """
        highest = next(iter(ask(self._client, "rebuild_locks")), None)
        if highest is None or highest["name"] != self.table:
            by = f" by {highest['holder']}" if highest else ""
            raise RebuildError(f"this rebuild was unresponsive for too long, and another took over{by}")

    def _beat(self, client: Client, *, is_released: bool = False) -> None:
        client.command(f"INSERT INTO {self.table} (is_released) VALUES ({int(is_released)})")

    def _keep_beating(self) -> None:
        client: Client | None = None
        while not self._ended.wait(BEAT_SECONDS):
            try:
                client = client or self._connect()
                self._beat(client)
            except Exception:  # whatever it is: the next beat may succeed, and otherwise the run's own statements fail
                client = None

    def __enter__(self) -> "Lock":
        self._beating.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._beating.join()
        try:
            self._beat(self._client, is_released=True)
        except ClickHouseError:
            return  # taken over, or the server is gone: it will count as dead
