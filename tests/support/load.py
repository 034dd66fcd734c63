"""Load for the fault tests: simulated events, appended at a pace, and the reckoning of what became of them."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import msgspec

from producers.append import CONTENT_TYPE, Appender
from producers.simulator import Record, Scenario, simulate
from schemas.catalogue import BY_NAME
from tests.support.space import Space
from tests.support.waiting import wait_until

Identity = tuple[str, str, str]

_decode = msgspec.json.decode


def simulated(contacts: int, *, seed: int) -> list[Record]:
    """The good events of a simulated month."""
    return list(simulate(Scenario(contacts=contacts, seed=seed)))


class Load:
    """Events that are appended in the background while something goes wrong.

    Attributes:
        records: what is appended, in this order.
        sent: how many of them the broker has confirmed.
    """

    def __init__(self, space: Space, records: Sequence[Record]) -> None:
        self.records = records
        self.sent = 0
        self._space = space
        self._running: Future[None] | None = None
        self._enough = False

    def start(self, rate: int) -> None:
        """Append in the background, so many events a second."""
        self._running = self._space.loop.start(self._append(rate))

    def finish(self, timeout: float = 120.0) -> None:
        """Wait until all are appended; an error of the broker is raised here."""
        assert self._running is not None
        self._running.result(timeout)

    def recovery(self, more: int, timeout: float = 90.0) -> float:
        """Seconds until so many more events are stored than are sent now: appending and storing go on again."""
        begun, goal = time.monotonic(), self.sent + more
        wait_until(lambda: self._space.stored() >= goal, f"{goal} events are stored", timeout)
        return time.monotonic() - begun

    def stop(self) -> None:
        """Append no more; what was appended so far is `records` from now on."""
        self._enough = True
        self.finish()
        self.records = self.records[: self.sent]

    def cancel(self) -> None:
        """Stop at once: the tidying up of a test that failed."""
        if self._running is not None:
            self._running.cancel()

    async def _append(self, rate: int) -> None:
        settings = self._space.settings
        begun, step = time.monotonic(), max(1, rate // 20)
        async with Appender(settings) as appender:
            for start in range(0, len(self.records), step):
                if self._enough:
                    return
                for record in self.records[start : start + step]:
                    topic = settings.topic(BY_NAME[record.type].topic)
                    await appender.append(topic, record.value, key=record.key.encode(), headers=CONTENT_TYPE)
                await appender.flush()
                self.sent = min(start + step, len(self.records))
                await asyncio.sleep(max(0.0, self.sent / rate - (time.monotonic() - begun)))


class Reckoning:
    """What was sent against what is stored.

    Attributes:
        sent: different events.
        stored: different events in `events`.
        lost: sent and not stored.
        invented: stored and never sent.
        duplicate_rows: rows of `journey` beyond one per event.
        missing_entries: events with a title and a known contact that `journey` does not show.
    """

    def __init__(self, space: Space, records: Sequence[Record]) -> None:
        events = [_decode(record.value) for record in records]
        sent = {_identity(event) for event in events}
        stored = _identities(space, "events FINAL")
        entries = _identities(space, "journey")
        self.sent, self.stored = len(sent), len(set(stored))
        self.lost, self.invented = sent - set(stored), set(stored) - sent
        self.duplicate_rows = len(entries) - len(set(entries))
        self.missing_entries = _entries_of(events) ^ set(entries)

    def __str__(self) -> str:
        return (
            f"sent {self.sent}, stored {self.stored}, lost {len(self.lost)}, invented {len(self.invented)}, "
            f"duplicate journey rows {self.duplicate_rows}, journey entries amiss {len(self.missing_entries)}"
        )

    def check(self) -> None:
        """Print the figures and fail if anything was lost, invented or doubled."""
        print(self)
        assert not self.lost, str(self)
        assert not self.invented, str(self)
        assert not self.duplicate_rows, str(self)
        assert not self.missing_entries, str(self)


def _identity(event: dict[str, Any]) -> Identity:
    return event["workspaceid"], event["source"], event["id"]


def _identities(space: Space, table: str) -> list[Identity]:
    return list(space.client.query(f"SELECT workspace_id, event_source, event_id FROM {table}").result_rows)


def _entries_of(events: Sequence[dict[str, Any]]) -> set[Identity]:
    """The events that `journey` must show: those with a title whose contact is known, by themselves or by a tie."""
    tied = {
        (event["workspaceid"], event["data"]["visitor_id"])
        for event in events
        if event["data"].get("visitor_id") and event["data"].get("contact_id")
    }
    return {
        _identity(event)
        for event in events
        if BY_NAME[event["type"]].title
        and (event["data"].get("contact_id") or (event["workspaceid"], event["data"].get("visitor_id")) in tied)
    }
