"""What waits, as `status` and the worker tell it: read on from the last look, and no more surely than it is known."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from commands.status.report import letter_warnings
from processors.dead_letters.dead_letter import dead_letter
from processors.dead_letters.marks import Dismissal
from processors.dead_letters.reading import DeadLetterTopic, Spans
from processors.dead_letters.summary import Summary, Waiting, WaitingLetter
from projections.stored_events import Asked
from schemas.rejection import Reason, RejectedError


class Log:
    """Stands in for the topic: one partition, and how much of it was read."""

    def __init__(self) -> None:
        self.records: list[Any] = []
        self.begin = 0
        self.taken = 0

    def reject(self, times: int) -> None:
        for _ in range(times):
            offset = len(self.records)
            original = SimpleNamespace(topic="t", partition=0, offset=offset, key=None, value=b"x", headers=())
            letter = dead_letter(original, RejectedError(Reason.NOT_JSON, "value: not JSON"))
            self._append(letter.value, letter.headers)

    def dismiss(self, offset: int) -> None:
        self._append(None, Dismissal((0, offset), "why").headers)

    def _append(self, value: bytes | None, headers: Any) -> None:
        offset = len(self.records)
        self.records.append(
            SimpleNamespace(partition=0, offset=offset, timestamp=offset, key=None, value=value, headers=tuple(headers))
        )

    def look(self, summary: Summary, seconds: float = 60.0) -> Waiting:
        log = self

        class Topic:
            def __init__(self) -> None:
                self.whole: Spans = {0: (log.begin, len(log.records))}

            async def records(self, spans: Spans) -> AsyncIterator[Any]:
                for record in log.records[slice(*spans[0])]:
                    log.taken += 1
                    yield record

        return asyncio.run(summary.look(cast(DeadLetterTopic, Topic()), seconds))


def places(waiting: Waiting) -> list[int]:
    return [letter.place[1] for letter in waiting.letters]


def test_each_look_reads_only_what_is_new() -> None:
    log, summary = Log(), Summary(100)
    log.reject(3)
    assert places(log.look(summary)) == [0, 1, 2]
    log.dismiss(1)
    log.reject(1)
    waiting = log.look(summary)
    assert (places(waiting), waiting.unread, log.taken) == ([0, 2, 4], 0, 5)
    assert places(log.look(summary)) == [0, 2, 4]
    assert log.taken == 5


def test_of_more_than_are_read_the_newest_are_and_it_says_how_many_are_not() -> None:
    log, summary = Log(), Summary(10)
    log.reject(100)
    waiting = log.look(summary)
    assert places(waiting) == list(range(91, 100))
    assert waiting.unread == 91
    log.reject(1)
    assert places(log.look(summary)) == list(range(91, 101))
    log.reject(30)
    waiting = log.look(summary)
    assert (places(waiting)[-1], len(waiting.letters) + waiting.unread) == (130, 131)


def test_what_there_was_no_time_for_is_told_as_not_looked_at_and_is_next() -> None:
    log, summary = Log(), Summary(100)
    log.reject(50)
    waiting = log.look(summary, seconds=-1.0)
    assert len(waiting.letters) + waiting.unread == 50
    assert waiting.unread
    waiting = log.look(summary)
    assert (len(waiting.letters), waiting.unread) == (50, 0)


def test_what_retention_has_deleted_waits_no_more() -> None:
    log, summary = Log(), Summary(100)
    log.reject(5)
    log.look(summary)
    log.begin = 3
    assert places(log.look(summary)) == [3, 4]


def letter(asked: Asked | None = None) -> WaitingLetter:
    return WaitingLetter((0, 0), 0, "t", "NotJson", "value: not JSON", asked)


@pytest.mark.parametrize(
    ("waiting", "told"),
    [
        (Waiting(), None),
        (Waiting([letter()], repairs_known=True), "1 dead letter waits; see"),
        (Waiting([letter()] * 2, repairs_known=True), "2 dead letters wait; see"),
        (Waiting([letter()], 1, True), "about 1 dead letter waits among the newest, 1 older record not looked at; see"),
        (Waiting([letter()]), "1 dead letter waits, if none was repaired by hand (ClickHouse was not asked); see"),
    ],
)
def test_status_says_no_more_than_is_known(waiting: Waiting, told: str | None) -> None:
    lines = letter_warnings(waiting)
    assert lines == ([f"{told} `jejak dead-letters list --waiting`"] if told else [])


def test_letters_whose_events_are_stored_are_left_out() -> None:
    there, missing = Asked("w", "s", "1"), Asked("w", "s", "2")
    waiting = Waiting([letter(), letter(there), letter(missing)]).without({there.identity})
    assert [item.asked for item in waiting.letters] == [None, missing]
    assert waiting.repairs_known


def test_a_letter_of_a_clock_that_is_ahead_does_not_stay_the_last() -> None:
    """It would hide for years what is rejected meanwhile; among such alone, one of them is told."""
    ahead = [WaitingLetter((0, number), 2**62 + number, "t", "NotJson", "m") for number in range(2)]
    now = WaitingLetter((1, 0), 1_790_000_000_000, "t", "UnknownType", "m")
    assert Waiting([ahead[0], now, ahead[1]]).last == now
    assert Waiting(ahead).last in ahead
