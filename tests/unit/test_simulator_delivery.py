"""Late, repeated and bad records: as many as asked for, and otherwise the same events."""

from collections import Counter, defaultdict
from typing import Any

import pytest

from producers.simulator import Record, Scenario, simulate
from producers.simulator.bad import FLAWS, spoil
from producers.simulator.dice import Dice
from producers.simulator.respell import respell
from schemas.rejection import RejectedError
from schemas.validation import validate

CONTACTS = 300


def run(**parameters: Any) -> list[Record]:
    return list(simulate(Scenario(contacts=CONTACTS, seed=3, **parameters)))


@pytest.fixture(scope="module")
def plain() -> list[Record]:
    return run()


def overtaken(records: list[Record]) -> int:
    youngest = late = 0
    for record in records:
        late += record.time < youngest
        youngest = max(youngest, record.time)
    return late


@pytest.mark.parametrize("share", [0.02, 0.2])
def test_disorder_displaces_that_share_and_loses_nothing(plain: list[Record], share: float) -> None:
    records = run(disorder=share)
    assert sorted(records) == sorted(plain)
    assert overtaken(records) / len(records) == pytest.approx(share, rel=0.15)


def test_late_events_are_late_by_seconds_to_a_day(plain: list[Record]) -> None:
    youngest, delays = 0, []
    for record in run(disorder=0.2):
        if record.time < youngest:
            delays.append(youngest - record.time)
        youngest = max(youngest, record.time)
    delays.sort()
    # A delay shows as the distance to the youngest event so far, so single long gaps between events count too.
    assert delays[len(delays) // 2] < 15 * 60_000
    assert 2 * 3_600_000 < delays[-1] < 40 * 3_600_000


@pytest.mark.parametrize("share", [0.02, 0.2])
def test_duplicates_repeat_that_share_later(plain: list[Record], share: float) -> None:
    records = run(duplicates=share)
    assert len(records) / len(plain) - 1 == pytest.approx(share, rel=0.15)
    seen: dict[tuple[Any, ...], Record] = {}
    respelled = 0
    for record in records:
        event = validate(record.value)
        first = seen.setdefault((event.workspace_id, event.source, event.id), record)
        if first is not record:
            assert (first.time, first.type, first.key) == (record.time, record.type, record.key)
            respelled += first.value != record.value
    assert len(seen) == len(plain)
    assert respelled / (len(records) - len(plain)) == pytest.approx(0.5, abs=0.15)


def test_another_spelling_is_the_same_event(plain: list[Record]) -> None:
    dice = Dice("spelling")
    for record in plain[:2_000]:
        other = respell(record.value, dice)
        before, after = validate(record.value), validate(other)
        assert other != record.value
        assert b"\n" not in other
        assert (after.instant_ms, after.sequence) == (before.instant_ms, before.sequence)
        assert after == before


@pytest.mark.parametrize("share", [0.05, 0.6])
def test_bad_records_are_that_share_and_leave_the_good_ones_alone(plain: list[Record], share: float) -> None:
    records = run(bad=share)
    assert [record for record in records if record.good] == plain
    assert 1 - len(plain) / len(records) == pytest.approx(share, rel=0.15)


def test_every_bad_record_is_refused() -> None:
    reasons = Counter[str]()
    for record in run(bad=0.2):
        if not record.good:
            with pytest.raises(RejectedError) as refusal:
                validate(record.value, recorded_ms=record.time)
            reasons[refusal.value.reason] += 1
    assert len(reasons) >= 6


def test_every_flaw_is_refused_in_every_type_that_can_have_it(plain: list[Record]) -> None:
    by_type: dict[str, bytes] = {record.type: record.value for record in plain}
    dice, fitting = Dice("flaws"), defaultdict[str, int](int)
    for value in [*by_type.values(), *(respell(value, dice) for value in by_type.values())]:
        for name in FLAWS:
            spoiled = spoil(value, name, dice)
            if spoiled is None:
                continue
            fitting[name] += 1
            with pytest.raises(RejectedError):
                validate(spoiled)
    assert len(FLAWS) >= 20
    assert set(fitting) == set(FLAWS)


def test_all_three_together_keep_the_set_of_good_events(plain: list[Record]) -> None:
    records = run(disorder=0.1, duplicates=0.1, bad=0.1)
    good = {record.value for record in records if record.good}
    assert {record.value for record in plain} <= good
    marked = [validate(record.value).id for record in records if record.good]
    assert len(set(marked)) == len({validate(record.value).id for record in plain})
