"""What the store takes for stored: each object that rows must reach is taken away around an INSERT."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from processors.stream.group_commit import Block
from processors.stream.packing import Packer
from processors.stream.store import ClickHouseStore
from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning
from projections.clickhouse import connect
from projections.statements import statements
from tests.support.space import Space
from tests.support.waiting import wait_until

ROW = b'["w","s","%d","session.started",1735689600,0,"c","","cv","se%d",{"initiator":"contact"}]\n'
VIEW = next(item for item in statements() if item.name == "session_starts_from_events")
FAST = Tuning(retry_first_seconds=0.01, retry_max_seconds=0.05)


def _block(number: int) -> Block:
    packer = Packer()
    packer.add(ROW % (number, number), 1)
    block = Block()
    block.add(packer.finish(), (), lambda: None)
    return block


class Watched:
    """A client that lets a test do something between the looks and the INSERT."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.before_insert: Callable[[], None] = lambda: None
        self.inserts = 0
        self.queries = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def query(self, *arguments: Any, **options: Any) -> Any:
        """Counted."""
        self.queries += 1
        return self._client.query(*arguments, **options)

    def raw_insert(self, *arguments: Any, **options: Any) -> Any:
        """Counted, and told before."""
        self.before_insert()
        self.inserts += 1
        return self._client.raw_insert(*arguments, **options)


@pytest.fixture
def space(new_space: Callable[..., Space]) -> Space:
    return new_space()


@pytest.fixture
def watched(space: Space) -> Watched:
    return Watched(connect(space.direct))


@pytest.fixture
def store(watched: Watched) -> ClickHouseStore:
    return ClickHouseStore(lambda: watched, FAST, Metrics())  # type: ignore[arg-type, return-value]


def _folded(space: Space) -> int:
    return space.stored("session_starts FINAL")


def test_a_view_that_is_dropped_just_before_an_insert_and_made_again_just_behind_it_misses_nothing(
    space: Space, watched: Watched, store: ClickHouseStore
) -> None:
    """The hazard: both looks find the view, and the INSERT in between did not."""

    def swap() -> None:
        watched.before_insert = lambda: None
        space.client.command(f"DROP VIEW {VIEW.name} SYNC")
        watched._client.raw_insert = _made_behind(watched._client.raw_insert)  # type: ignore[method-assign]

    def _made_behind(insert: Callable[..., Any]) -> Callable[..., Any]:
        def inserted(*arguments: Any, **options: Any) -> Any:
            done = insert(*arguments, **options)
            space.client.command(VIEW.sql.replace("CREATE MATERIALIZED VIEW", "CREATE MATERIALIZED VIEW IF NOT EXISTS"))
            return done

        return inserted

    watched.before_insert = swap
    asyncio.run(store.write(_block(1)))
    assert (_folded(space), watched.inserts) == (1, 2)


def test_nothing_is_inserted_while_a_view_is_missing_and_everything_once_it_is_back(
    space: Space, watched: Watched, store: ClickHouseStore
) -> None:
    async def run() -> None:
        await store.write(_block(1))
        space.client.command(f"DROP VIEW {VIEW.name} SYNC")
        writing = asyncio.create_task(store.write(_block(2)))
        await asyncio.to_thread(wait_until, lambda: store.holds_back, "it holds back")
        seen = watched.inserts
        assert store.last_error is not None
        assert "materialized view session_starts_from_events; run `jejak migrate`" in store.last_error
        assert "rebuild" not in store.last_error
        first, looked = store.last_error, watched.queries
        await asyncio.to_thread(wait_until, lambda: watched.queries > looked + 3, "it has looked again and again")
        assert (watched.inserts, store.last_error) == (seen, first)
        space.client.command(VIEW.sql)
        await writing

    asyncio.run(run())
    assert (_folded(space), store.last_error) == (2, None)


def test_a_healthy_block_is_inserted_once_and_looked_at_once_more_than_there_are_blocks(
    space: Space, watched: Watched, store: ClickHouseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    query = watched._client.query

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal looks
        looks += 1
        return query(*arguments, **options)

    monkeypatch.setattr(watched._client, "query", counted)
    for number in range(5):
        asyncio.run(store.write(_block(number)))
    assert (watched.inserts, looks, _folded(space)) == (5, 6, 5)


def test_tables_that_a_rebuild_exchanges_under_a_block_cost_one_more_try(
    space: Space, watched: Watched, store: ClickHouseStore
) -> None:
    def exchange() -> None:
        watched.before_insert = lambda: None
        table = next(item for item in statements() if item.name == "session_starts")
        space.client.command(table.sql.replace("CREATE TABLE session_starts", "CREATE TABLE session_starts_rebuild"))
        space.client.command("EXCHANGE TABLES session_starts AND session_starts_rebuild")

    watched.before_insert = exchange
    for number in range(2):
        asyncio.run(store.write(_block(number)))
    assert (watched.inserts, _folded(space)) == (3, 2)
