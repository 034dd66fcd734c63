"""The one source of chance: a seeded generator and the few draws the simulator makes from it.

`random.Random` promises that `random()` and `getrandbits()` give the same numbers in every Python version;
`choice`, `shuffle`, `gauss` and the like promise nothing. Every draw here is made of those two, and without
logarithms or powers, so that the last bit of a C library's arithmetic cannot change an event.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice(random.Random):
    """Seeded chance. Text seeds (`Dice("7/events")`) keep streams with different purposes apart."""

    def chance(self, probability: float) -> bool:
        """Whether something of that probability (0 to 1) happens this time."""
        return self.random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def skewed(self, mean: float) -> int:
        """A whole number from 0 to three times `mean`, small ones far more often: waiting times."""
        draw = self.random()
        return int(3.0 * mean * draw * draw)

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`, each equally likely (see `ballot` for unequal chances)."""
        return items[int(self.random() * len(items))]


def ballot(votes: Mapping[T, int]) -> tuple[T, ...]:
    """Each item as often as it has votes: `pick` from it is then a weighted choice in constant time."""
    return tuple(item for item, count in votes.items() for _ in range(count))
