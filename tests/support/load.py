"""Load for the fault tests: simulated events, appended at a pace, and the reckoning of what became of them."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import msgspec

from producers.append import Appender
from producers.events import addressed
from producers.simulator import Record, Scenario, simulate
from schemas.catalogue import BY_NAME
from tests.support.figures import Figures, report, sentence
from tests.support.space import Space
from tests.support.waiting import wait_until

Identity = tuple[str, str, str]

#: The views, and what beside the workspace each has one row for.
VIEW_KEYS = {
    "journey": "event_source, event_id",
    "conversations": "conversation_id",
    "contacts": "contact_id",
    "sessions": "session_id",
    "leads": "contact_id",
    "pipeline_statuses": "status_id",
    "pipeline_board": "status_id",
}

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
        self._before = 0
        self._running: Future[None] | None = None
        self._enough = False

    def start(self, rate: int) -> None:
        """Append in the background, so many events a second."""
        self._before = self._space.stored()
        self._running = self._space.loop.start(self._append(rate))

    def finish(self, timeout: float = 120.0) -> None:
        """Wait until all are appended; an error of the broker is raised here."""
        assert self._running is not None
        self._running.result(timeout)

    def recovery(self, more: int, timeout: float = 90.0) -> float:
        """Seconds until so many more events are stored than are sent now: appending and storing go on again.

        The space remembers the longest of them for the reckoning.
        """
        begun, goal = time.monotonic(), self._before + self.sent + more
        wait_until(lambda: self._space.stored() >= goal, f"{goal} events are stored", timeout)
        seconds = time.monotonic() - begun
        self._space.recoveries.append(seconds)
        return seconds

    def catch_up(self, timeout: float = 90.0) -> float:
        """Seconds until everything that lies in the topics now is stored and committed, in every partition.

        The space remembers the longest of them for the reckoning.
        """
        begun = time.monotonic()
        ends = {(item.topic, item.partition): item.end for item in self._space.lags()}

        def caught_up() -> bool:
            return all((item.committed or 0) >= ends[item.topic, item.partition] for item in self._space.lags())

        wait_until(caught_up, "what was sent is committed", timeout)
        seconds = time.monotonic() - begun
        self._space.recoveries.append(seconds)
        return seconds

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
                    await appender.append(addressed(settings, record))
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
        duplicate_rows: rows of the views beyond one for each thing that a row stands for.
        missing_entries: events with a title and a known contact that `journey` does not show.
        dead_letters: how many records were rejected.
    """

    def __init__(self, space: Space, records: Sequence[Record]) -> None:
        events = [_decode(record.value) for record in records]
        sent = {_identity(event) for event in events}
        stored = _identities(space, "events FINAL")
        entries = _identities(space, "journey")
        self.sent, self.stored = len(sent), len(set(stored))
        self.lost, self.invented = sent - set(stored), set(stored) - sent
        self.duplicate_rows = sum(_duplicates(space, view, key) for view, key in VIEW_KEYS.items())
        self.missing_entries = _entries_of(events) ^ set(entries)
        self.dead_letters = len(space.dead_letters())
        self.recovery = max(space.recoveries, default=None)

    def check(self, fault: str | None = None, *, dead_letters: int = 0) -> None:
        """Report the figures, and fail if anything was lost, invented, doubled or wrongly rejected.

        Arguments:
            fault: its name in the table of faults; the test's own name for None.
            dead_letters: how many records had to be rejected.
        """
        figures = Figures(
            fault or sentence(),
            self.sent,
            self.stored,
            len(self.lost),
            self.duplicate_rows,
            self.dead_letters,
            self.recovery,
        )
        report(figures)
        assert not self.lost, figures
        assert not self.invented, f"{len(self.invented)} events are stored that were never sent"
        assert not self.duplicate_rows, figures
        assert not self.missing_entries, f"{len(self.missing_entries)} entries of journey are missing or amiss"
        assert self.dead_letters == dead_letters, figures


def _duplicates(space: Space, view: str, key: str) -> int:
    return int(space.value(f"SELECT count() - uniqExact(workspace_id, {key}) FROM {view}"))


def _identity(event: dict[str, Any]) -> Identity:
    return event["workspaceid"], event["source"], event["id"]


def _identities(space: Space, table: str) -> list[Identity]:
    found = space.client.query(f"SELECT workspace_id, event_source, event_id FROM {table}").result_rows
    return [(workspace, source, event_id) for workspace, source, event_id in found]


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
