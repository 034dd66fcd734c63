"""Writers who follow merges, on a small model of the tables: between any two steps of one, others may do theirs."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hypothesis import strategies as st

from projections.following import Asked, Tie, explore

Stored = tuple[int, str, str]
"""A merge: its order, the contact that was merged, and the one it was merged into."""

CONTACTS = ("a", "b", "c", "d", "é", "Z")


@dataclass
class Tables:
    """One workspace's tables: merges, the same from the other side, and roots with all that there ever were."""

    merges: set[Stored] = field(default_factory=set)
    sources: set[tuple[str, str]] = field(default_factory=set)
    rows: list[tuple[str, str, int]] = field(default_factory=list)
    clock: int = 0

    def ties(self) -> dict[str, str]:
        return {previous: contact for _, previous, contact in sorted(self.merges)}

    def roots(self) -> dict[str, str]:
        """The highest version of each contact; of equal ones the last that was written."""
        ordered = sorted(enumerate(self.rows), key=lambda item: (item[1][2], item[0]))
        return {contact: root for _, (contact, root, _) in ordered}

    def time(self) -> int:
        """What the clock shows."""
        return self.clock

    def answer(self, asked: Iterable[Asked]) -> list[Tie]:
        """What the queries of `projections/asking.py` answer."""
        ties, roots = self.ties(), self.roots()
        whose = set()
        for _, contact, what in asked:
            if what == "tie":
                whose.add(contact)
            elif what == "sources":
                whose |= {previous for at, previous in self.sources if at == contact}
            else:
                root = roots.get(contact, contact) if what == "kin" else contact
                whose |= {member for member, at, _ in self.rows if at == root}
        return [("w", contact, ties[contact]) for contact in sorted(whose) if contact in ties]


def writing(tables: Tables, block: list[Stored]) -> Iterator[None]:
    """A writer, as the worker is one: it stands still before each thing that it does to the tables."""
    for merge in block:
        yield
        tables.merges.add(merge)
        yield
        tables.sources.add((merge[2], merge[1]))
    yield from following(tables, {previous for _, previous, _ in block})


def following(tables: Tables, moved: set[str]) -> Iterator[None]:
    yield
    seen = tables.time()
    yield
    now = seen + 1
    tables.clock = max(tables.clock, now)
    steps = explore({"w": moved})
    try:
        asked = next(steps)
        while True:
            yield
            asked = steps.send(tables.answer(asked))
    except StopIteration as end:
        rows = end.value["w"].roots()
    yield
    tables.rows += [(contact, root, now) for contact, root in rows]


def run(dice: random.Random, tables: Tables, blocks: list[list[Stored]], *, crashes: bool) -> None:
    """All blocks by writers who take turns at every step. A writer that dies is one whose block comes again."""
    waiting = list(blocks)
    writers: list[tuple[Iterator[None], list[Stored]]] = []
    while waiting or writers:
        if waiting and (not writers or dice.random() < 0.2):
            block = waiting.pop(dice.randrange(len(waiting)))
            writers.append((writing(tables, block), block))
        writer, block = dice.choice(writers)
        if crashes and dice.random() < 0.03:
            writers.remove((writer, block))
            waiting.append(block)
        elif next(writer, "done") == "done":
            writers.remove((writer, block))


@st.composite
def stories(draw: st.DrawFn) -> list[list[Stored]]:
    """Merges in blocks: of few contacts, so that chains, cycles and second ties of a contact abound."""
    few = st.sampled_from(CONTACTS[: draw(st.integers(2, len(CONTACTS)))])
    pairs = draw(st.lists(st.tuples(few, few), min_size=1, max_size=14))
    orders = draw(st.permutations(range(len(pairs))))
    merges = [(order, *pair) for order, pair in zip(orders, pairs, strict=True)]
    size = draw(st.integers(1, 4))
    return [merges[at : at + size] for at in range(0, len(merges), size)]
