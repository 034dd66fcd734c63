"""Partitions that are held: their bytes cannot be read, or the broker answers with an error of its own.

The others go on meanwhile. A partition is let go when its time is over, when somebody seeks in it, when an answer
comes, and with its assignment.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from aiokafka.structs import TopicPartition

from processors.fetch.unreadable import Unreadable

#: Before a refusal or a silence is told: a broker that fails over answers with this and that, or with nothing.
_TOLD_AFTER_SECONDS = 10.0
#: The same, of a silence, for a person who waits: several answers.
_SILENT_SECONDS = 0.5


@dataclass
class _Hold:
    unreadable: Unreadable
    until: float
    since: float
    assignment: Any

    def is_told(self, now: float, *, at_once: bool) -> bool:
        """Whether it has lasted for long enough to be told."""
        if self.unreadable.raw:
            return True
        least = _TOLD_AFTER_SECONDS if not at_once else _SILENT_SECONDS if self.unreadable.silent else 0.0
        return now - self.since >= least


class _Without:
    """An assignment without the partitions that are held."""

    def __init__(self, assignment: Any, held: Collection[TopicPartition]) -> None:
        self.tps = [partition for partition in assignment.tps if partition not in held]
        self.state_value = assignment.state_value


class Held:
    """The partitions of one consumer that are not asked for."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is held yet.

        Arguments:
            clock: seconds that never go back.
        """
        self._clock = clock
        self._holds: dict[TopicPartition, _Hold] = {}

    def hold(self, assignment: Any, unreadable: Unreadable, seconds: float) -> None:
        """Ask for a partition no more.

        Arguments:
            assignment: aiokafka's, under which it was read.
            unreadable: what cannot be read, and where.
            seconds: how long; infinity until somebody seeks.
        """
        partition = TopicPartition(unreadable.topic, unreadable.partition)
        now, before = self._clock(), self._holds.get(partition)
        since = before.since if before and before.assignment is assignment else now
        self._holds[partition] = _Hold(unreadable, now + seconds, since, assignment)

    def has_lasted(self, partition: TopicPartition) -> bool:
        """Whether a partition has been held for so long that it is told."""
        held = self._holds.get(partition)
        return held is not None and held.is_told(self._clock(), at_once=False)

    def release(self, partition: TopicPartition) -> None:
        """Ask for it again."""
        self._holds.pop(partition, None)

    def askable(self, assignment: Any) -> Any:
        """The assignment without what is held now."""
        now = self._clock()
        held = {tp for tp, item in list(self._holds.items()) if item.assignment is assignment and item.until > now}
        return _Without(assignment, held) if held else assignment

    def stopped(self, *, at_once: bool) -> dict[TopicPartition, Unreadable]:
        """The partitions that stand still, with the reason.

        Arguments:
            at_once: whether an error or a silence of the broker's is told before it has lasted for some seconds.
        """
        now = self._clock()
        return {
            partition: held.unreadable
            for partition, held in list(self._holds.items())
            if held.assignment.active and held.is_told(now, at_once=at_once)
        }
