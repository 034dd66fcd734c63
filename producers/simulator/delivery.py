"""What a real pipeline does to a stream of events: some come late, some come twice.

Lateness is what phones without network, retrying webhooks and hourly exports cause: mostly seconds, sometimes
minutes or hours, rarely more than a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from producers.simulator.clock import HOUR, MINUTE, SECOND
from producers.simulator.dice import Dice
from producers.simulator.respell import respell
from producers.simulator.scenario import Record


def _lateness(dice: Dice) -> int:
    draw = dice.random()
    if draw < 0.6:
        return dice.between(50, 5 * SECOND)
    if draw < 0.9:
        return dice.between(5 * SECOND, 5 * MINUTE)
    if draw < 0.99:
        return dice.between(5 * MINUTE, 2 * HOUR)
    return dice.between(2 * HOUR, 36 * HOUR)


class _Held:
    """Records that wait for their instant."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._heap: list[tuple[int, int, Record]] = []
        self._count = 0

    def hold(self, record: Record) -> None:
        self._count += 1  # decides between equal instants, so that records are never compared
        heappush(self._heap, (record.time + _lateness(self._dice), self._count, record))

    def due(self, instant: int) -> Iterator[Record]:
        while self._heap and self._heap[0][0] <= instant:
            yield heappop(self._heap)[2]

    def rest(self) -> Iterator[Record]:
        while self._heap:
            yield heappop(self._heap)[2]


def displaced(records: Iterator[Record], dice: Dice, share: float) -> Iterator[Record]:
    """The same records, `share` of them late: each of those comes after at least one that is younger."""
    held = _Held(dice)
    for record in records:
        if dice.random() < share:
            held.hold(record)
            continue
        yield record
        yield from held.due(record.time)
    yield from held.rest()


def repeated(records: Iterator[Record], dice: Dice, share: float) -> Iterator[Record]:
    """All records, and `share` of them once more later, half of those in another spelling of the same event."""
    held = _Held(dice)
    for record in records:
        yield from held.due(record.time)
        yield record
        if dice.random() < share:
            value = respell(record.value, dice) if dice.chance(0.5) else record.value
            held.hold(record._replace(value=value))
    yield from held.rest()
