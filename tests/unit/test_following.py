"""Following merges, found by asking: as exact as with all ties at hand, whatever the others do meanwhile.

The questions are answered by a small model of the tables; every step of every writer is one that others may come
between. `follow` and `behind` over all ties are the specification.
"""

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.following import Asked, Tie, explore, follow, moved_roots

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


@settings(max_examples=600, deadline=None)
@given(blocks=stories(), seed=st.integers(0, 2**32))
def test_writers_who_take_turns_at_every_step_and_die_at_any_leave_every_root_right(
    blocks: list[list[Stored]], seed: int
) -> None:
    tables = Tables()
    run(random.Random(seed), tables, blocks, crashes=True)
    assert tables.roots() == follow(tables.ties())


@settings(max_examples=300, deadline=None)
@given(blocks=stories(), seed=st.integers(0, 2**32))
def test_what_is_found_by_asking_is_what_all_ties_say(blocks: list[list[Stored]], seed: int) -> None:
    """Whatever the short cuts lack: rows of roots are there by chance."""
    dice = random.Random(seed)
    tables = Tables()
    tables.merges = {merge for block in blocks for merge in block}
    tables.sources = {(contact, previous) for _, previous, contact in tables.merges}
    tables.rows = [(dice.choice(CONTACTS), dice.choice(CONTACTS), number) for number in range(dice.randint(0, 9))]
    moved = {previous for _, previous, _ in dice.choice(blocks)}
    assert found(tables, moved)[0] == moved_roots(tables.ties(), moved)


def found(tables: Tables, moved: set[str]) -> tuple[list[tuple[str, str]], int, int]:
    """The rows, how many questions they took, and how many ties were told."""
    steps = explore({"w": moved})
    questions = told = 0
    try:
        asked = next(steps)
        while True:
            answer = tables.answer(asked)
            questions, told = questions + 1, told + len(answer)
            asked = steps.send(answer)
    except StopIteration as end:
        return end.value["w"].roots(), questions, told


def chain(length: int, dice: random.Random) -> list[Stored]:
    """A chain whose links came in no order, with ids that say nothing about it."""
    names = [f"{dice.getrandbits(64):x}" for _ in range(length + 1)]
    orders = dice.sample(range(length), length)
    return [(order, *pair) for order, pair in zip(orders, itertools.pairwise(names), strict=True)]


class Fast(Tables):
    """The same answers for large sets."""

    def __init__(self, merges: list[Stored], *, rooted: bool) -> None:
        super().__init__(set(merges), {(contact, previous) for _, previous, contact in merges})
        self._ties = super().ties()
        self._roots = follow(self._ties) if rooted else {}
        self._into: dict[str, list[str]] = {}
        self._members: dict[str, list[str]] = {}
        for contact, previous in self.sources:
            self._into.setdefault(contact, []).append(previous)
        for contact, root in self._roots.items():
            self._members.setdefault(root, []).append(contact)

    def answer(self, asked: Iterable[Asked]) -> list[Tie]:
        whose: set[str] = set()
        for _, contact, what in asked:
            if what == "tie":
                whose.add(contact)
            elif what == "sources":
                whose.update(self._into.get(contact, ()))
            else:
                whose.update(self._members.get(self._roots.get(contact, contact) if what == "kin" else contact, ()))
        return [("w", contact, self._ties[contact]) for contact in whose if contact in self._ties]


def test_a_chain_of_ten_thousand_is_followed_from_anywhere_in_it_in_a_few_questions() -> None:
    dice = random.Random(1)
    merges = chain(10_000, dice)
    tables = Fast(merges, rooted=True)
    right = follow(tables.ties())
    for at in (0, 5_000, 9_999, dice.randrange(10_000)):
        rows, questions, _ = found(tables, {merges[at][1]})
        assert len(rows) == at + 1
        assert all(right[contact] == root for contact, root in rows)
        assert questions < 20


def test_a_chain_that_nobody_has_followed_yet_is_right_too() -> None:
    merges = chain(10_000, random.Random(2))
    tables = Fast(merges, rooted=False)
    rows, _, _ = found(tables, {merges[9_999][1]})
    assert dict(rows) == follow(tables.ties())


def test_a_cycle_of_ten_thousand_resolves_to_its_smallest_id() -> None:
    merges = chain(10_000, random.Random(3))
    merges.append((10_000, merges[-1][2], merges[0][1]))
    rows, questions, _ = found(Fast(merges, rooted=True), {merges[77][1]})
    assert len(rows) == 10_001
    assert {root for _, root in rows} == {min((previous for _, previous, _ in merges), key=str.encode)}
    assert questions < 20


def test_a_merge_into_a_hub_does_not_read_those_who_are_there() -> None:
    merges = [(number, f"m{number}", "hub") for number in range(100_000)]
    rows, questions, told = found(Fast(merges, rooted=True), {"m5"})
    assert (rows, questions, told) == ([("m5", "hub")], 2, 1)


class Replicas(Tables):
    """A cluster's replicas: what one of them was told comes to the others later, and not in the order it was told.

    Whoever asks gets the answers of some of them: neither of two writers need know what the other knows.
    """

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice
        self.agree = False

    def time(self) -> int:
        return self.clock if self.agree else self._dice.randint(0, self.clock)

    def ties(self) -> dict[str, str]:
        known = [merge for merge in self.merges if self.agree or self._dice.random() < 0.7]
        return {previous: contact for _, previous, contact in sorted(known)}


def wrong(tables: Tables) -> set[str]:
    """Whom `unfollowed_merges.sql` and `retied_contacts.sql` find."""
    ties, roots = tables.ties(), tables.roots()
    told = {previous for previous, contact in ties.items() if roots.get(previous) != roots.get(contact, contact)}
    targets: dict[str, set[str]] = {}
    for _, previous, contact in tables.merges:
        targets.setdefault(previous, set()).add(contact)
    return told | {previous for previous, many in targets.items() if len(many) > 1 and ties[previous] in ties}


@settings(max_examples=400, deadline=None)
@given(blocks=stories(), seed=st.integers(0, 2**32))
def test_replicas_that_know_different_merges_come_to_right_roots_once_they_agree(
    blocks: list[list[Stored]], seed: int
) -> None:
    """Whatever was written before, and with whatever time: looks that find wrong roots follow them until none is."""
    dice = random.Random(seed)
    tables = Replicas(dice)
    run(dice, tables, blocks, crashes=True)
    tables.agree = True
    for _ in range(len(CONTACTS) + 1):
        for _ in following(tables, wrong(tables)):
            pass
    assert tables.roots() == follow(tables.ties())


@settings(max_examples=400, deadline=None)
@given(blocks=stories())
def test_merges_that_were_stored_and_never_followed_are_found(
    blocks: list[list[Stored]],
) -> None:
    """Some blocks were followed by somebody who knew only some of the merges, the others by nobody."""
    tables = Tables()
    for block in blocks[::2]:
        for _ in writing(tables, block):
            pass
    for block in blocks[1::2]:
        tables.merges.update(block)
        tables.sources.update((contact, previous) for _, previous, contact in block)
    for _ in range(len(CONTACTS) + 1):
        for _ in following(tables, wrong(tables)):
            pass
    assert tables.roots() == follow(tables.ties())
