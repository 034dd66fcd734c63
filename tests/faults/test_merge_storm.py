"""Merges in a storm, by two workers of whom one is killed: every contact resolves to where its merges end."""

import json
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from producers.simulator import Record
from projections.following import follow
from projections.unfollowed import unfollowed
from tests.support.load import Load, Reckoning
from tests.support.rounds import ROUNDS
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import start_worker

pytestmark = pytest.mark.long

RATE = 500
MERGES = 4_000 + 2_000 * ROUNDS


def _storm(dice: random.Random) -> list[tuple[dict[str, Any], Record]]:
    """Merges among few contacts of a few workspaces, in no order of their times: chains, cycles and second ties."""
    found = []
    for number in range(MERGES):
        previous, contact = f"c{dice.randrange(300)}", f"c{dice.randrange(300)}"
        event = {
            "specversion": "1.0", "id": f"e{number}", "source": "/t", "type": "contact.merged",
            "time": f"2026-01-01T00:{dice.randrange(60):02d}:{dice.randrange(60):02d}.{number % 1000:03d}Z",
            "sequence": number, "workspaceid": f"w{number % 3}",
            "data": {"contact_id": contact, "previous_id": previous},
        }  # fmt: skip
        key = f"{event['workspaceid']}/{contact}"
        found.append(
            (event, Record(value=json.dumps(event).encode(), type="contact.merged", key=key, time=0, good=True))
        )
    return found


def _right(events: list[dict[str, Any]], workspace: str) -> dict[str, str]:
    mine = [event for event in events if event["workspaceid"] == workspace]
    mine.sort(key=lambda event: (event["time"], event["sequence"]))
    return follow({event["data"]["previous_id"]: event["data"]["contact_id"] for event in mine})


def test_merges_in_a_storm_are_followed_right_though_workers_are_killed(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a worker that dies between a merge's INSERT and its roots, or that is late and overwrites what the
    other one, who knew more, has written. It fails where the workspace's clock is not turned before ties are read.
    """
    space = new_space()
    storm = _storm(random.Random(5))
    load = Load(space, [record for _, record in storm])
    workers = [start_worker(space, logs), start_worker(space, logs)]
    load.start(RATE)
    try:
        for number in range(ROUNDS):
            goal = space.stored() + 1_000
            wait_until(lambda goal=goal: space.stored() >= min(goal, MERGES), f"{goal} merges are stored", 90)  # type: ignore[misc]
            assert workers[number % 2].kill() == -signal.SIGKILL
            workers[number % 2] = start_worker(space, logs)
        load.finish()
        load.catch_up()
    finally:
        load.cancel()
        for worker in workers:
            with worker:
                pass
    Reckoning(space, load.records).check(f"merges in a storm, two workers, kill -9 in turn, {ROUNDS} rounds")
    events = [event for event, _ in storm]
    for workspace in ("w0", "w1", "w2"):
        rows = space.query(
            "SELECT contact_id, root_id FROM contact_roots FINAL WHERE workspace_id = {w:String} AND contact_id != ''",
            w=workspace,
        )
        assert {row["contact_id"]: row["root_id"] for row in rows} == _right(events, workspace)
    assert unfollowed(space.client) == []
