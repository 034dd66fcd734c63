"""Group commit: when a block is written, who waits for it, and what it says to whom afterwards."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from processors.stream.group_commit import Block, GroupCommit
from processors.stream.packing import Packed
from processors.tuning import Tuning
from projections.roots import Merge

#: Nothing is due by itself; each test lowers the limit that it is about.
PATIENT = {"flush_rows": 1_000, "flush_bytes": 1_000_000, "flush_seconds": 60.0}


class Store:
    """A store that writes when it is let, and remembers the blocks."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self.merges: list[set[Merge]] = []
        self.begun = 0
        self.open = asyncio.Event()
        self.open.set()
        self.error: Exception | None = None

    async def write(self, block: Block) -> None:
        self.begun += 1
        await self.open.wait()
        if self.error:
            raise self.error
        self.blocks.append(b"".join(packed.body for packed in block.packed))
        self.merges.append(block.merges)


def rows(*lines: bytes) -> Packed:
    """Rows of one batch, left readable."""
    text = b"".join(lines)
    return Packed(text, len(lines), len(text))


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.001)


def run(
    test: Callable[[GroupCommit, Store, list[str]], Awaitable[None]],
    *,
    blocks_before: int = 5,
    unread: int = 0,
    **limits: float,
) -> None:
    """Run a test beside a running group commit; the list takes the names of what was stored.

    Its patience has grown by some blocks that were stored before.
    """

    async def beside() -> None:
        store = Store()
        group_commit = GroupCommit(store, Tuning(**(PATIENT | limits)), lambda: unread)  # type: ignore[arg-type]
        running = asyncio.create_task(group_commit.run())
        try:
            await _store(group_commit, store, blocks_before)
            await test(group_commit, store, [])
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(beside())


async def _store(group_commit: GroupCommit, store: Store, blocks: int) -> None:
    for number in range(blocks):
        await group_commit.add(rows(b"before"), lambda: None)
        group_commit.hurry()
        await until(lambda number=number: len(store.blocks) > number)  # type: ignore[misc]
    await asyncio.sleep(0)
    store.blocks, store.merges, store.begun = [], [], 0


def test_the_first_rows_of_all_are_written_at_once() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        await group_commit.add(rows(b"1"), lambda: told.append("first"))
        await until(lambda: told)
        await group_commit.add(rows(b"2"), lambda: told.append("second"))
        await asyncio.sleep(0.1)
        assert store.blocks == [b"1"]

    run(test, blocks_before=0)


@pytest.mark.parametrize("unread", [999, 1_000])
def test_a_block_waits_longer_to_become_whole_while_another_waits_in_the_broker(unread: int) -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        await group_commit.add(rows(b"1"), lambda: told.append("stored"))
        await asyncio.sleep(0.3)
        assert bool(told) == (unread < 1_000)
        await until(lambda: told)

    run(test, unread=unread, flush_seconds=0.1, flush_behind_seconds=0.5)


def test_the_patience_behind_a_backlog_grows_from_block_to_block() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        begun = time.monotonic()
        for number in range(1, 4):
            await group_commit.add(rows(b"1"), lambda: told.append("stored"))
            await until(lambda number=number: len(told) == number)  # type: ignore[misc]
        assert time.monotonic() - begun >= 0.3

    run(test, blocks_before=0, unread=1_000, flush_seconds=0.1, flush_behind_seconds=60)


def test_a_block_is_written_when_it_has_enough_rows() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        await group_commit.add(rows(b"1", b"2"), lambda: told.append("first"))
        await asyncio.sleep(0.05)
        assert (store.begun, told) == (0, [])
        await group_commit.add(rows(b"3"), lambda: told.append("second"))
        await until(lambda: told == ["first", "second"])
        assert store.blocks == [b"123"]

    run(test, flush_rows=3)


def test_a_block_is_written_when_it_has_enough_bytes() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        await group_commit.add(rows(b"x" * 6), lambda: told.append("small"))
        await asyncio.sleep(0.05)
        assert store.begun == 0
        await group_commit.add(rows(b"x" * 4), lambda: told.append("enough"))
        await until(lambda: len(told) == 2)

    run(test, flush_bytes=10)


def test_a_block_is_written_when_its_oldest_rows_have_waited_long_enough() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        begun = time.monotonic()
        await group_commit.add(rows(b"old"), lambda: told.append("old"))
        await asyncio.sleep(0.4)
        # What comes later does not make the oldest wait longer.
        await group_commit.add(rows(b"new"), lambda: told.append("new"))
        await until(lambda: told == ["old", "new"])
        assert 0.5 <= time.monotonic() - begun < 0.9
        assert store.blocks == [b"oldnew"]

    run(test, flush_seconds=0.5)


def test_the_age_of_a_block_begins_with_its_first_rows_not_with_the_block_before() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        await group_commit.add(rows(b"1"), lambda: told.append("first"))
        await until(lambda: told)
        await asyncio.sleep(0.2)
        begun = time.monotonic()
        await group_commit.add(rows(b"2"), lambda: told.append("second"))
        await until(lambda: len(told) == 2)
        assert time.monotonic() - begun >= 0.1

    run(test, flush_seconds=0.1)


def test_nobody_is_told_before_the_store_has_the_rows() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        store.open.clear()
        await group_commit.add(rows(b"1"), lambda: told.append("stored"))
        await until(lambda: store.begun)
        await asyncio.sleep(0.05)
        assert told == []
        store.open.set()
        await until(lambda: told)
        assert store.blocks == [b"1"]

    run(test, flush_rows=1)


def test_a_store_that_raises_ends_the_run_and_nobody_is_told() -> None:
    async def test() -> list[str]:
        store, told = Store(), list[str]()
        store.error = RuntimeError("never again")
        group_commit = GroupCommit(store, Tuning(flush_rows=1))
        await group_commit.add(rows(b"1"), lambda: told.append("stored"))
        with pytest.raises(RuntimeError, match="never again"):
            await group_commit.run()
        return told

    assert asyncio.run(test()) == []


def test_hurry_writes_what_there_is_at_once() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        await group_commit.add(rows(b"1"), lambda: told.append("stored"))
        group_commit.hurry()
        await until(lambda: told, 1)
        await group_commit.add(rows(b"2"), lambda: told.append("the next block waits for its limits again"))
        await asyncio.sleep(0.1)
        assert store.blocks == [b"1"]

    run(test)


def test_hurry_behind_a_block_on_its_way_hurries_the_next_one() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        store.open.clear()
        await group_commit.add(rows(b"1"), lambda: told.append("first"))
        group_commit.hurry()
        await until(lambda: store.begun)
        await group_commit.add(rows(b"2"), lambda: told.append("second"))
        group_commit.hurry()
        store.open.set()
        await until(lambda: told == ["first", "second"], 1)

    run(test)


def test_a_batch_without_rows_is_done_without_an_insert() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        await group_commit.add(rows(), lambda: told.append("empty"))
        await until(lambda: told and not store.begun)

    run(test, flush_seconds=0.05)


def test_while_one_block_is_on_its_way_one_more_is_gathered_and_then_adding_waits() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        store.open.clear()
        await group_commit.add(rows(b"1"), lambda: told.append("1"))
        await until(lambda: store.begun)
        await group_commit.add(rows(b"2"), lambda: told.append("2"))
        third, fourth = (group_commit.add(rows(name.encode()), lambda name=name: told.append(name)) for name in "34")  # type: ignore[misc]
        waiting = [asyncio.create_task(third), asyncio.create_task(fourth)]
        await asyncio.sleep(0.05)
        assert store.begun == 1
        assert not any(task.done() for task in waiting)
        store.open.set()
        await asyncio.wait_for(asyncio.gather(*waiting), 2)
        await until(lambda: len(told) == 4)
        assert store.blocks == [b"1", b"2", b"3", b"4"]
        assert told == ["1", "2", "3", "4"]

    run(test, flush_rows=1)


def test_the_merges_of_a_block_travel_with_its_rows() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        await group_commit.add(rows(b"1"), lambda: told.append("1"), [("w", "a"), ("w", "b")])
        await group_commit.add(rows(b"2"), lambda: told.append("2"), [("w", "b")])
        await until(lambda: len(told) == 2)
        await group_commit.add(rows(b"3", b"4"), lambda: told.append("3"))
        await until(lambda: len(told) == 3)
        assert store.merges == [{("w", "a"), ("w", "b")}, set()]

    run(test, flush_rows=2)
