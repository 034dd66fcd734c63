"""Merges in real tables: followed by several at once, found where nobody followed them, right after an upgrade."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from clickhouse_connect.driver.client import Client

from processors.stream.row import COLUMNS, FORMAT, row_of
from projections import asking
from projections.clickhouse import connect
from projections.following import follow
from projections.roots import refresh_roots
from projections.unfollowed import follow_all, left_unfollowed, unfollowed
from schemas.validation import validate
from tests.support.jejak import jejak
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

SpaceMaker = Callable[..., Space]
Pair = tuple[str, str]


@pytest.fixture(params=[0, asking.FEW], ids=["looked for by key", "read at once where they are few"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ties are found in two ways, by how many there are."""
    monkeypatch.setattr(asking, "FEW", request.param)


def merged(number: int, pair: Pair, workspace: str = "w") -> dict[str, Any]:
    return {
        "specversion": "1.0", "id": f"e{number}", "source": "/t", "type": "contact.merged", "workspaceid": workspace,
        "time": f"2026-01-01T00:{number // 60 % 60:02d}:{number % 60:02d}.{number // 3600:03d}Z",
        "data": {"previous_id": pair[0], "contact_id": pair[1]},
    }  # fmt: skip


def store_only(client: Client, events: list[dict[str, Any]]) -> set[Pair]:
    """As a writer that dies before it follows the merges."""
    body = b"\n".join(row_of(validate(msgspec.json.encode(event))) for event in events)
    client.raw_insert("events", COLUMNS, body, fmt=FORMAT)
    return {(event["workspaceid"], event["data"]["previous_id"]) for event in events}


def roots(client: Client, workspace: str = "w") -> dict[str, str]:
    rows = client.query(
        "SELECT contact_id, root_id FROM contact_roots FINAL WHERE workspace_id = {w:String} AND contact_id != ''",
        parameters={"w": workspace},
    ).result_rows
    return dict(rows)  # type: ignore[arg-type]


def right(pairs: list[Pair]) -> dict[str, str]:
    """Of merges in the order of their events."""
    return follow(dict(pairs))


@pytest.mark.usefixtures("either_way")
def test_several_writers_at_once_leave_every_root_right(new_space: SpaceMaker) -> None:
    """Few contacts, so that chains, cycles and second ties of a contact abound, and each block from a writer of its
    own: whoever is late must not win."""
    space = new_space()
    dice = random.Random(7)
    pairs = [(f"c{dice.randrange(40)}", f"c{dice.randrange(40)}") for _ in range(240)]
    blocks = [[merged(number, pairs[number]) for number in range(at, at + 4)] for at in range(0, len(pairs), 4)]
    dice.shuffle(blocks)
    here = threading.local()

    def write(block: list[dict[str, Any]]) -> None:
        if not hasattr(here, "client"):
            here.client = connect(space.direct)
        refresh_roots(here.client, store_only(here.client, block))

    with ThreadPoolExecutor(6) as writers:
        list(writers.map(write, blocks))
    assert roots(space.client) == right(pairs)
    assert unfollowed(space.client) == []


@pytest.mark.usefixtures("either_way")
def test_a_chain_a_cycle_and_a_hub_in_many_blocks_are_right(new_space: SpaceMaker) -> None:
    space = new_space()
    chain = [(f"a{number}", f"a{number + 1}") for number in range(2_000)]
    cycle = [(f"z{number}", f"z{(number + 1) % 300}") for number in range(300)]
    hub = [(f"h{number}", "hub") for number in range(25_000)]
    pairs = [*chain, *cycle, *hub, ("hub", "a77"), ("a1000", "hub")]
    events = [merged(number, pair) for number, pair in enumerate(pairs)]
    random.Random(3).shuffle(events)
    for at in range(0, len(events), 5_000):
        refresh_roots(space.client, store_only(space.client, events[at : at + 5_000]))
    assert roots(space.client) == right(pairs)


def test_merges_that_nobody_followed_are_told_by_status_and_followed_by_a_started_worker(
    new_space: SpaceMaker, logs: Path
) -> None:
    space = new_space()
    pairs = [(f"c{number}", f"c{number + 1}") for number in range(30)]
    store_only(space.client, [merged(number, pair) for number, pair in enumerate(pairs)])
    assert left_unfollowed(space.client, 1_000) == 30
    told = jejak("status", settings=space.environment)
    assert told.status == 1
    assert "30 merged contacts do not resolve" in told.stderr
    with running_worker(space, logs):
        wait_until(lambda: roots(space.client) == right(pairs), "the worker has followed them", 60)
        told = jejak("status", settings=space.environment)
    assert "do not resolve" not in told.stderr


def test_a_cycle_that_a_second_tie_closed_and_nobody_followed_is_found(new_space: SpaceMaker) -> None:
    """Its contacts agree with each other, and all are wrong."""
    space = new_space()
    pairs = [("a", "b"), ("b", "z"), ("b", "a")]
    refresh_roots(space.client, store_only(space.client, [merged(0, pairs[0]), merged(1, pairs[1])]))
    store_only(space.client, [merged(2, pairs[2])])
    assert roots(space.client) == {"a": "z", "b": "z"}
    follow_all(space.client)
    assert roots(space.client) == {"a": "a", "b": "a"}


def test_an_upgrade_without_a_rebuild_is_right(new_space: SpaceMaker) -> None:
    """Roots of an older version have the number of merges for their version, and the table of merges from their other
    side is empty."""
    space = new_space()
    client = space.client
    before = [("a", "b"), ("c", "b"), ("b", "d"), ("e", "c")]
    store_only(client, [merged(number, pair) for number, pair in enumerate(before)])
    client.command("TRUNCATE TABLE merged_contacts")
    rows = [("w", contact, root, 1_000_000) for contact, root in right(before).items()]
    client.insert("contact_roots", rows, column_names=["workspace_id", "contact_id", "root_id", "version"])

    pairs = [*before, ("d", "f")]
    refresh_roots(client, store_only(client, [merged(10, pairs[-1])]))
    assert roots(client) == right(pairs), "who had resolved to the merged contact is found by the older rows"

    pairs.append(("b", "g"))
    refresh_roots(client, store_only(client, [merged(20, pairs[-1])]))
    follow_all(client)
    assert roots(client) == right(pairs), "and the rest by the first look of a worker"
