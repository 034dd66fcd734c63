"""The index of dead letters: what waits is what the rule says, in whatever order records were copied and marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from processors.dead_letters.dead_letter import dead_letter
from processors.dead_letters.index import Index
from processors.dead_letters.marks import Dismissal, Mark
from processors.dead_letters.stored import read_letter
from schemas.rejection import Reason, RejectedError


@dataclass(frozen=True)
class Copy:
    """A rejected record, as it is written once more into some partition."""

    source: int
    value: bytes
    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    partition: int
    at_ms: int

    @property
    def record(self) -> tuple[Any, ...]:
        """What makes it the same record as another, by the rule."""
        return self.source, self.value, self.key, self.headers


@dataclass(frozen=True)
class Marking:
    """A mark on the letter written as so many-th in its partition, if there is one by then."""

    partition: int
    index: int
    dismissed: bool


_COPIES = st.builds(
    Copy,
    source=st.integers(0, 3),
    value=st.sampled_from([b"", b"a", b"b"]),
    key=st.sampled_from([None, b"", b"k"]),
    headers=st.sampled_from([(), (("h", None),), (("h", b""),), (("h", b"1"), ("h", b"1"))]),
    partition=st.integers(0, 2),
    at_ms=st.integers(0, 5),
)
_MARKINGS = st.builds(Marking, partition=st.integers(0, 2), index=st.integers(0, 5), dismissed=st.booleans())


def _written(
    steps: Sequence[Copy | Marking],
) -> tuple[dict[int, list[Any]], dict[tuple[int, int], Copy], dict[Any, set[bool]]]:
    """The partitions as they come to be, the letters by their places, and by what each record is settled."""
    partitions: dict[int, list[Any]] = {0: [], 1: [], 2: []}
    letters: dict[tuple[int, int], Copy] = {}
    settled: dict[Any, set[bool]] = {}
    for step in steps:
        log = partitions[step.partition]
        place = (step.partition, len(log))
        if isinstance(step, Copy):
            letters[place] = step
            log.append(_letter(step, place))
            continue
        mine = [at for at in letters if at[0] == step.partition]
        if step.index < len(mine):
            about = mine[step.index]
            mark = Dismissal(about, "why") if step.dismissed else Mark(about, "t", 0, 0)
            headers = tuple(mark.headers)
            log.append(SimpleNamespace(partition=place[0], offset=place[1], timestamp=9, value=None, headers=headers))
            settled.setdefault(letters[about].record, set()).add(step.dismissed)
    return partitions, letters, settled


def _letter(copy: Copy, place: tuple[int, int]) -> Any:
    original = SimpleNamespace(
        topic="t", partition=1, offset=copy.source, key=copy.key, value=copy.value, headers=copy.headers
    )
    # Another version may reject it in other words.
    made = dead_letter(original, RejectedError(Reason.NOT_JSON, f"value: not JSON, {place}"))
    return SimpleNamespace(
        partition=place[0], offset=place[1], timestamp=copy.at_ms, key=made.key, value=made.value,
        headers=tuple(made.headers),
    )  # fmt: skip


@given(st.lists(st.one_of(_COPIES, _MARKINGS), max_size=40), st.permutations([0, 1, 2]))
def test_what_waits_is_what_the_rule_says_in_whatever_order_partitions_are_read(
    steps: list[Copy | Marking], order: list[int]
) -> None:
    partitions, letters, settled = _written(steps)
    index = Index()
    for number in order:
        for record in partitions[number]:
            index.add(record)
    copies: dict[Any, list[tuple[int, tuple[int, int]]]] = {}
    for place, copy in letters.items():
        copies.setdefault(copy.record, []).append((copy.at_ms, place))
    assert len(index) == len(copies)
    for place, copy in letters.items():
        assert index.first(place) == min(copies[copy.record])[1]
        told = index.told(read_letter(partitions[place[0]][place[1]]))
        by = settled.get(copy.record, set())
        assert told == {"replayed": False in by, "dismissed": True in by, "copies": len(copies[copy.record])}


def test_a_mark_on_what_retention_has_deleted_is_nobody_s() -> None:
    index = Index()
    mark = Mark((0, 3), "t", 0, 0)
    index.add(SimpleNamespace(partition=0, offset=9, timestamp=1, value=None, headers=tuple(mark.headers)))
    assert (len(index), index.first((0, 3)), index.first((0, 9)), index.first((7, 0))) == (0, None, None, None)


def test_a_letter_that_lost_its_value_is_the_one_that_kept_it() -> None:
    original = SimpleNamespace(topic="t", partition=1, offset=2, key=None, value=b"large", headers=())
    whole = dead_letter(original, RejectedError(Reason.NOT_JSON, "value: not JSON"))
    index = Index()
    for offset, letter in enumerate([whole, whole.without_value()]):
        index.add(
            SimpleNamespace(
                partition=0, offset=offset, timestamp=1, key=None, value=letter.value, headers=tuple(letter.headers)
            )
        )
    assert (len(index), index.first((0, 1))) == (1, (0, 0))


def test_letters_that_do_not_say_whence_they_came_are_each_of_their_own() -> None:
    index = Index()
    for offset in range(2):
        index.add(SimpleNamespace(partition=0, offset=offset, timestamp=1, key=None, value=b"x", headers=()))
    assert len(index) == 2
