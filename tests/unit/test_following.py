"""Following merges, found by asking: as exact as with all ties at hand, whatever the others do meanwhile.

The questions are answered by a small model of the tables; every step of every writer is one that others may come
between. `follow` and `behind` over all ties are the specification.
"""

import itertools
import random
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.following import Asked, Tie, explore, follow, moved_roots
from tests.support.merge_writers import CONTACTS, Stored, Tables, run, stories


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
