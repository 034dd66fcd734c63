"""Readers who look at many views in one statement all the time see no step back during a rebuild.

Merges go on meanwhile, and nothing else: so contacts only ever become fewer, in whichever view they are counted, while
conversations, leads with merges resolved and entries of the journey keep to their numbers or grow. A merge that comes
apart, or a row that is in an old table and not yet in the new one, is a step back. It fails where roots are followed
behind the swap, where old and new tables do not get the same, and where rows are on their way while tables are swapped.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping

import pytest
from clickhouse_connect.driver.client import Client

from projections.clickhouse import connect
from projections.rebuild.course import rebuild
from tests.support.figures import Figures, report
from tests.support.rebuilds import leftovers, reading, store_as_workers_do
from tests.support.rounds import LONG
from tests.support.space import Space

pytestmark = pytest.mark.long

SpaceMaker = Callable[..., Space]
#: So many workspaces, and contacts in each, of which all but one are merged into one.
WORKSPACES, CONTACTS = (128, 1001) if LONG else (8, 121)
_LOOK = """
SELECT
    (SELECT count() FROM contacts) AS contacts,
    (SELECT uniqExact(workspace_id, contact_id) FROM conversations) AS holders,
    (SELECT uniqExact(workspace_id, contact_id) FROM journey) AS travellers,
    (SELECT count() FROM leads) AS leads,
    (SELECT sum(contacts) FROM pipeline_board) AS on_board,
    (SELECT count() FROM conversations) AS conversations,
    (SELECT sum(conversations) FROM pipeline_board) AS placed
"""
_FIXED = ("conversations", "placed")


def _event(workspace: str, name: str, at: int, number: int, data: Mapping[str, object]) -> dict[str, object]:
    time_ = f"2026-02-{at:02d}T00:{number // 60000 % 60:02d}:{number // 1000 % 60:02d}.{number % 1000:03d}Z"
    return {
        "specversion": "1.0", "id": f"{name}{number}", "source": "/t", "type": name, "time": time_,
        "workspaceid": workspace, "data": data,
    }  # fmt: skip


def _people(workspace: str) -> list[dict[str, object]]:
    found = []
    for number in range(CONTACTS):
        ids = {"contact_id": f"c{number}", "conversation_id": f"k{number}"}
        found.append(_event(workspace, "message.incoming", 1, number, ids | {"message_id": f"m{number}", "text": "a"}))
        found.append(_event(workspace, "pipeline.changed", 2, number, ids | {"to_status_id": "st"}))
    return found


def _merge(workspace: str, number: int) -> dict[str, object]:
    ids = {"contact_id": "c0", "previous_id": f"c{number}"}
    return _event(workspace, "contact.merged", 3, number, ids)


class _Eye:
    """One reader's memory: the best that was seen, and for how long it was not to be seen again."""

    def __init__(self) -> None:
        self.best: dict[str, int] = {}
        self.gap = 0.0
        self._since: float | None = None

    def look(self, client: Client) -> str | None:
        """What went back, None where nothing did."""
        (row,) = client.query(_LOOK).named_results()
        back = [
            f"{name}: {value} after {self.best[name]}"
            for name, value in row.items()
            if name in self.best and (value != self.best[name] if name in _FIXED else value > self.best[name])
        ]
        now = time.monotonic()
        if back:
            self._since = self._since or now
            self.gap = max(self.gap, now - self._since, 0.001)
        else:
            self._since = None
            self.best = dict(row)
        return "; ".join(back) or None


def _go(new_space: SpaceMaker) -> tuple[int, _Eye, list[str]]:
    """A rebuild beside merges and a reader; how many merges, and what the reader saw."""
    space = new_space()
    dice = random.Random(1)
    workspaces = [f"w{number}" for number in range(WORKSPACES)]
    for some in workspaces:
        store_as_workers_do(space.client, _people(some), dice)
    first = CONTACTS * 3 // 4
    for some in workspaces:
        store_as_workers_do(space.client, [_merge(some, number) for number in range(1, first)], dice)
    eye, merged = _Eye(), WORKSPACES * (first - 1)
    ended: list[object] = []
    with reading(space, eye.look) as complaints, connect(space.direct) as client:
        thread = threading.Thread(target=lambda: ended.append(rebuild(space.direct, lambda *_: None)))
        thread.start()
        number = first
        while thread.is_alive() and number < CONTACTS:
            store_as_workers_do(client, [_merge(some, number) for some in workspaces], dice)
            merged += WORKSPACES
            number += 1
        thread.join()
        time.sleep(0.5)
    assert ended, "the rebuild failed"
    assert leftovers(space) == []
    assert space.stored("contacts") == WORKSPACES * CONTACTS - merged
    return merged, eye, complaints


def test_merges_that_readers_have_seen_never_come_apart_during_a_rebuild(new_space: SpaceMaker) -> None:
    merged, eye, complaints = _go(new_space)
    fault = f"a rebuild beside {merged} merges and a reader of many views: the longest step back {eye.gap:.1f} s"
    report(Figures(fault, merged, merged, 0, 0, 0))
    assert complaints == []
