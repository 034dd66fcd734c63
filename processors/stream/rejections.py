"""Rejected records in the log: one line per topic and flush, with how many, why, and the place of an example.

A line a record would drown everything else in a storm of them, and the dead letters have each one whole. While a topic
continues to reject, its lines become rarer, down to two a minute; each covers all since the last, so none is lost.
Messages name fields. They never contain what customers wrote.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import structlog

from schemas.rejection import RejectedError

#: Between two lines of one topic: at first, and in a storm.
FIRST_SECONDS, LONGEST_SECONDS = 1.0, 30.0

log = structlog.get_logger()


@dataclass(slots=True)
class Rejections:
    """What was rejected of one topic.

    Attributes:
        topic: its full name.
        reasons: how many, by reason.
        example: the first one's partition, offset and message.
    """

    topic: str
    reasons: Counter[str] = field(default_factory=Counter)
    example: tuple[int, int, str] | None = None

    def note(self, record: Any, error: RejectedError) -> None:
        """Count a record."""
        self.reasons[error.reason.value] += 1
        self.example = self.example or (record.partition, record.offset, error.message)

    def join(self, others: "Rejections") -> None:
        """Count those too."""
        self.reasons += others.reasons
        self.example = self.example or others.example


@dataclass(slots=True)
class _Pace:
    """When a topic was last logged, and how long it stays silent after that."""

    told: float
    pause: float = FIRST_SECONDS

    @property
    def due(self) -> float:
        return self.told + self.pause

    def next(self, now: float) -> "_Pace":
        is_storm = now < self.told + 2 * LONGEST_SECONDS
        return _Pace(now, min(2 * self.pause, LONGEST_SECONDS)) if is_storm else _Pace(now)


class Told:
    """What was rejected and not logged yet."""

    def __init__(self) -> None:
        self._waiting: dict[str, Rejections] = {}
        self._paces: dict[str, _Pace] = {}

    def add(self, rejections: Rejections) -> None:
        """Remember them for the topic's next line."""
        self._waiting.setdefault(rejections.topic, Rejections(rejections.topic)).join(rejections)

    def take(self, now: float) -> list[Rejections]:
        """What is due, by topic; it counts as logged.

        Arguments:
            now: monotonic seconds; `inf` for everything.
        """
        due = [topic for topic in self._waiting if topic not in self._paces or self._paces[topic].due <= now]
        for topic in due:
            pace = self._paces.get(topic)
            self._paces[topic] = pace.next(now) if pace else _Pace(now)
        return [self._waiting.pop(topic) for topic in due]

    def next_due(self) -> float | None:
        """When there is something to log, in monotonic seconds; None while nothing waits."""
        return min((self._paces[topic].due for topic in self._waiting), default=None)


class RejectionLog:
    """Writes the lines, in the event loop."""

    def __init__(self) -> None:
        self._told = Told()
        self._timer: asyncio.Handle | None = None

    def add(self, rejections: Rejections) -> None:
        """Tell of a batch's rejections, together with those of the other batches that were flushed with it."""
        if rejections.reasons:
            self._told.add(rejections)
            self._wake(asyncio.get_running_loop().call_soon(self._tell))

    def close(self) -> None:
        """Tell what waits."""
        self._write(float("inf"))
        self._wake(None)

    def _wake(self, timer: asyncio.Handle | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = timer

    def _tell(self) -> None:
        loop = asyncio.get_running_loop()
        self._write(loop.time())
        due = self._told.next_due()
        self._wake(None if due is None else loop.call_at(due, self._tell))

    def _write(self, now: float) -> None:
        for found in self._told.take(now):
            partition, offset, message = found.example or (None, None, None)
            log.warning(
                "records were rejected; `jejak dead-letters list` has them all",
                topic=found.topic,
                rejected=found.reasons.total(),
                reasons=dict(found.reasons),
                partition=partition,
                offset=offset,
                message=message,
            )
