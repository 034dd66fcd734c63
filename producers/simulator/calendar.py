"""Puts the events of many independent lives into one time order, lazily.

A heap over 150,000 people costs a comparison tree per event. Here time is cut into short spans: whatever
happens in a span is appended to its list, and a span is sorted once, when nothing can be added to it any more.
People wait in the span of their next episode, so only the events of running episodes are held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from operator import attrgetter

from producers.simulator.clock import MINUTE
from producers.simulator.scenario import Record

SPAN = 15 * MINUTE
_time = attrgetter("time")


class Calendar:
    """What has been noted and what is planned, from `start` to `end` (milliseconds, `end` exclusive)."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self._records: defaultdict[int, list[Record]] = defaultdict(list)
        self._plans: defaultdict[int, list[tuple[int, Callable[[int], None]]]] = defaultdict(list)

    def note(self, record: Record) -> None:
        """Keep an event until its time comes; it must not lie before the span being played."""
        self._records[record.time // SPAN].append(record)

    def plan(self, instant: int, turn: Callable[[int], None]) -> None:
        """Call `turn` with `instant` (milliseconds) when the simulation reaches it; never, if after the end."""
        if instant < self.end:
            self._plans[instant // SPAN].append((instant, turn))

    def play(self) -> Iterator[Record]:
        """All events in time order; equal times in the order in which they were noted."""
        for span in range(self.start // SPAN, (self.end - 1) // SPAN + 1):
            plans = self._plans[span]
            for instant, turn in plans:  # grows while it runs: a turn may plan another one in this span
                turn(instant)
            del self._plans[span]
            records = self._records.pop(span, [])
            records.sort(key=_time)
            yield from records
