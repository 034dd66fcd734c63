"""Following merges on a cluster: replicas that know different merges, and merges that nobody has followed."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.following import follow
from tests.support.merge_writers import CONTACTS, Stored, Tables, following, run, stories, writing


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
