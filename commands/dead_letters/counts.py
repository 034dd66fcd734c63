"""`jejak dead-letters list --counts`: how many dead letters by topic and reason."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from commands.terminal.output import print_json, print_table
from processors.dead_letters.stored import State, StoredDeadLetter


@dataclass
class Count:
    """How many dead letters of one topic and reason.

    Attributes:
        letters: all of them.
        waiting, replayed, repaired, dismissed: how many of these are in each state.
    """

    letters: int = 0
    waiting: int = 0
    replayed: int = 0
    repaired: int = 0
    dismissed: int = 0

    def add(self, state: State) -> None:
        """Count one."""
        self.letters += 1
        setattr(self, state.value, getattr(self, state.value) + 1)


Counts = dict[tuple[str, str], Count]


async def count(letters: AsyncIterator[StoredDeadLetter]) -> Counts:
    """Count letters by topic and reason."""
    counts: Counts = {}
    async for letter in letters:
        counts.setdefault((letter.topic, letter.reason), Count()).add(letter.state)
    return counts


def print_counts(counts: Counts, *, as_json: bool) -> None:
    """Write them, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1].letters, item[0]))
    if as_json:
        print_json({"topic": topic, "reason": reason, **vars(item)} for (topic, reason), item in ordered)
        return
    print_table(
        ["topic", "reason", "dead letters", *State],
        ([topic, reason, *vars(item).values()] for (topic, reason), item in ordered),
    )
