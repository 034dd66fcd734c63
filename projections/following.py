"""Following merges: pure, so that every interleaving of several writers can be tried (`projections/roots.py`).

A merge ties one contact to another, the last tie of a contact wins, and ties form chains and even cycles (contract,
section 3, Identity). `follow` and `behind` say what is meant, over all ties of a workspace. `explore` finds the few
ties that some new merges have to do with, by asking; what it finds is answered by the same two.
"""

from collections.abc import Generator, Iterable, Mapping
from itertools import count
from typing import Literal

What = Literal["tie", "sources", "members", "kin"]
"""What is read about a contact: its own last tie, or the ties of all contacts that were ever merged into it, ever
resolved to it, or ever resolved to what it resolves to. The latter two are only shortcuts and may be incomplete."""

Asked = tuple[str, str, What]
"""Workspace, contact, and what is asked about it."""

Tie = tuple[str, str, str]
"""Workspace, merged contact, and the contact that it was merged into last."""

#: From so many contacts of a workspace on, all of its ties cost less than looking for some.
MANY = 20_000
#: Steps along a path before its members are asked for, and again: a chain of thousands in as many questions would be
#: slow, and everybody behind a hub, asked for a path of one step, too.
_STEPS = 8


def follow(ties: Mapping[str, str]) -> dict[str, str]:
    """The end of every contact's ties.

    Arguments:
        ties: merged contact → the contact it was merged into.

    Returns:
        Merged contact → the contact it resolves to: the end of its chain or, where the chain runs into a cycle,
        the cycle's smallest id by UTF-8 bytes.
    """
    roots: dict[str, str] = {}
    for start in ties:
        path: dict[str, None] = {}
        at = start
        while at not in roots and at not in path and at in ties:
            path[at] = None
            at = ties[at]
        if at in path:
            cycle = list(path)[list(path).index(at) :]
            root = min(cycle, key=str.encode)
        else:
            root = roots.get(at, at)
        roots.update(dict.fromkeys(path, root))
    return roots


def behind(ties: Mapping[str, str], moved: Iterable[str]) -> set[str]:
    """All contacts whose path leads through one of the moved ones, these included."""
    into: dict[str, list[str]] = {}
    for previous, contact in ties.items():
        into.setdefault(contact, []).append(previous)
    found: set[str] = set()
    waiting = [contact for contact in moved if contact in ties]
    while waiting:
        contact = waiting.pop()
        if contact not in found:
            found.add(contact)
            waiting += into.get(contact, ())
    return found


def moved_roots(ties: Mapping[str, str], moved: Iterable[str]) -> list[tuple[str, str]]:
    """Each contact behind the moved ones, with what it resolves to."""
    roots = follow(ties)
    return [(contact, roots[contact]) for contact in sorted(behind(ties, moved))]


class Surroundings:
    """What is known of a workspace's ties around the contacts that were moved, and what has to be asked.

    Two things must be known to the end: where the moved contacts' paths lead, and who leads to them. A tie that is
    known is not asked for again, and the first answer holds: a writer that stored a later one asks later.
    """

    def __init__(self, moved: Iterable[str]) -> None:
        self.moved = set(moved)
        self.ties: dict[str, str] = {}
        self._into: dict[str, list[str]] = {}
        self._ahead = set(self.moved)
        self._behind: set[str] = set()
        #: Not asked yet: whose tie, and whose sources.
        self.open_ties = set(self.moved)
        self.open_sources = set(self.moved)

    def learn(self, previous: str, contact: str) -> None:
        """Take note of a last tie."""
        if previous in self.ties:
            return
        self.ties[previous] = contact
        self._into.setdefault(contact, []).append(previous)
        self.open_ties.discard(previous)
        if previous in self._ahead:
            self._look_ahead(contact)
        if previous in self.moved or contact in self._behind:
            self._look_behind(previous)

    def _look_ahead(self, contact: str) -> None:
        while contact not in self._ahead:
            self._ahead.add(contact)
            if contact not in self.ties:
                self.open_ties.add(contact)
                return
            contact = self.ties[contact]

    def _look_behind(self, contact: str) -> None:
        waiting = [contact]
        while waiting:
            contact = waiting.pop()
            if contact not in self._behind:
                self._behind.add(contact)
                if contact not in self.moved:
                    self.open_sources.add(contact)
                waiting += self._into.get(contact, ())

    def asked(self, workspace: str, step: int) -> list[Asked]:
        """What is to be asked in this step; it counts as asked from now on."""
        asked: list[Asked] = [(workspace, contact, "tie") for contact in self.open_ties]
        asked += [(workspace, contact, "sources") for contact in self.open_sources]
        if step == 1:
            asked += [(workspace, contact, "members") for contact in self.moved]
        elif step % _STEPS == 0:
            asked += [(workspace, contact, "kin") for contact in self.open_ties | self.open_sources]
        self.open_ties, self.open_sources = set(), set()
        return [] if self.too_many else asked

    @property
    def too_many(self) -> bool:
        """Whether so many contacts are affected that all ties of the workspace should be read at once."""
        return len(self.ties) >= MANY

    def roots(self) -> list[tuple[str, str]]:
        """Each contact whose root may have changed, with its root."""
        return moved_roots(self.ties, self.moved)


def explore(
    moved: Mapping[str, Iterable[str]],
) -> Generator[list[Asked], Iterable[Tie], dict[str, Surroundings]]:
    """Find the ties that decide about the moved contacts and all behind them, step by step.

    Arguments:
        moved: workspace → contacts that were merged.

    Yields:
        What is to be asked next; to be sent the ties that are the answer.

    Returns:
        Workspace → all that has to do with its moved contacts, or too many to go on.
    """
    found = {workspace: Surroundings(contacts) for workspace, contacts in moved.items()}
    for step in count(1):
        asked = [question for workspace, around in found.items() for question in around.asked(workspace, step)]
        if not asked:
            break
        for workspace, previous, contact in (yield asked):
            found[workspace].learn(previous, contact)
    return found
