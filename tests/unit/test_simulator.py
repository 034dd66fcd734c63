"""The simulator keeps its promises: the same bytes for the same scenario, in order of time, all by the contract."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.simulator import Record, Scenario, simulate
from schemas.catalogue import BY_NAME
from schemas.keys import key_of
from schemas.rejection import RejectedError
from schemas.validation import validate

Data = dict[str, Any]
ROOT = Path(__file__).parents[2]
ALL_AT_ONCE = Scenario(contacts=120, seed=11, workspaces=3, disorder=0.1, duplicates=0.1, bad=0.05)
PINNED = "016ef34a920b2350d0187ced5ea666ee561960b950025d953d028e18dc1280b6"


def fingerprint(scenario: Scenario) -> str:
    digest = hashlib.sha256()
    for record in simulate(scenario):
        digest.update(repr(record).encode())
    return digest.hexdigest()


def envelope(record: Record) -> Data:
    event: Data = msgspec.json.decode(record.value)
    return event


@pytest.fixture(scope="module")
def month() -> list[Record]:
    return list(simulate(Scenario(contacts=300, seed=5)))


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Pinned: a change here means that seeds no longer mean what they meant, which the changelog must say."""
    assert fingerprint(ALL_AT_ONCE) == PINNED


def test_another_process_with_another_hash_seed_gives_the_same_bytes() -> None:
    program = "from tests.unit.test_simulator import ALL_AT_ONCE, fingerprint; print(fingerprint(ALL_AT_ONCE))"
    environment = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == PINNED


def test_another_seed_gives_other_events(month: list[Record]) -> None:
    assert {record.value for record in simulate(Scenario(contacts=20, seed=6))}.isdisjoint(
        record.value for record in month
    )


def test_every_event_satisfies_the_contract(month: list[Record]) -> None:
    for record in month:
        event = validate(record.value, topic=BY_NAME[record.type].topic, recorded_ms=record.time)
        assert record.good
        assert event.type.name == record.type
        assert event.instant_ms == record.time


def test_keys_follow_the_contracts_rule(month: list[Record]) -> None:
    assert all(record.key == key_of(validate(record.value)) for record in month)


def test_no_two_events_share_workspace_source_and_id(month: list[Record]) -> None:
    identities = Counter((event["workspaceid"], event["source"], event["id"]) for event in map(envelope, month))
    assert set(identities.values()) == {1}


def test_events_come_in_the_order_of_time(month: list[Record]) -> None:
    times = [record.time for record in month]
    assert times == sorted(times)


@pytest.mark.parametrize("days", [1, 3, 30])
@pytest.mark.parametrize("seed", range(4))
def test_all_types_occur_among_200_contacts(days: int, seed: int) -> None:
    assert {record.type for record in simulate(Scenario(contacts=200, days=days, seed=seed))} == set(BY_NAME)


def test_everything_happens_between_start_and_end() -> None:
    end = datetime(2026, 3, 4, 5, 6, 7, 891_000, tzinfo=UTC)
    times = [record.time for record in simulate(Scenario(contacts=200, days=3, end=end))]
    first, last = (int((end - timedelta(days=days)).timestamp() * 1000) for days in (3, 0))
    assert first == min(times)
    assert last - 3_600_000 < max(times) < last


def test_workspaces_differ_in_size() -> None:
    sizes = Counter(envelope(record)["workspaceid"] for record in simulate(Scenario(contacts=400, workspaces=4)))
    assert set(sizes) == {"ws_kopi", "ws_kopi_2", "ws_kopi_3", "ws_kopi_4"}
    assert sizes["ws_kopi"] > 1.4 * sizes["ws_kopi_2"] > 1.4 * sizes["ws_kopi_4"]


def test_the_first_event_of_a_huge_scenario_is_there_at_once() -> None:
    assert next(simulate(Scenario(contacts=10**9, days=3650))).type == "pipeline_status.defined"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"contacts": 0}, "contacts must be at least 1"),
        ({"days": 0}, "days must be at least 1"),
        ({"workspaces": 0}, "workspaces must be at least 1"),
        ({"disorder": 1.1}, "disorder is a share from 0 to 1"),
        ({"duplicates": -0.1}, "duplicates is a share from 0 to 1"),
        ({"bad": 1.0}, "bad must be below 1"),
        ({"workspace": ""}, "1 to 128 characters"),
        ({"end": datetime(2026, 1, 1)}, "offset"),
        ({"end": datetime(2000, 1, 2, tzinfo=UTC)}, "before 2000"),
    ],
)
def test_impossible_scenarios_are_refused_with_a_reason(wrong: Data, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Scenario(**wrong)


@settings(max_examples=25)
@given(
    contacts=st.integers(1, 6),
    days=st.integers(1, 40),
    seed=st.integers(),
    workspaces=st.integers(1, 5),
    disorder=st.floats(0, 1),
    duplicates=st.floats(0, 1),
    bad=st.floats(0, 0.5),
)
def test_any_scenario_gives_good_and_bad_records_as_they_are_marked(**parameters: Any) -> None:
    for record in simulate(Scenario(**parameters)):
        try:
            accepted = validate(record.value).type.name == record.type
        except RejectedError:
            accepted = False
        assert accepted == record.good
