"""Group commit: when a block is written, who waits for it, and what it says to whom afterwards.

The clock is turned: what a test sleeps takes no time.
"""

import asyncio

import pytest

from processors.stream.group_commit import GroupCommit
from processors.tuning import Tuning
from tests.support.group_commits import Store, rows, run, until
from tests.support.turned_clock import now, run_at_once


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
        begun = now()
        for number in range(1, 4):
            await group_commit.add(rows(b"1"), lambda: told.append("stored"))
            await until(lambda number=number: len(told) == number)  # type: ignore[misc]
        assert now() - begun >= 0.3

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
        begun = now()
        await group_commit.add(rows(b"old"), lambda: told.append("old"))
        await asyncio.sleep(0.4)
        # What comes later does not make the oldest wait longer.
        await group_commit.add(rows(b"new"), lambda: told.append("new"))
        await until(lambda: told == ["old", "new"])
        assert 0.5 <= now() - begun < 0.51
        assert store.blocks == [b"oldnew"]

    run(test, flush_seconds=0.5)


def test_the_age_of_a_block_begins_with_its_first_rows_not_with_the_block_before() -> None:
    async def test(group_commit: GroupCommit, store: Store, told: list[str]) -> None:
        await group_commit.add(rows(b"1"), lambda: told.append("first"))
        await until(lambda: told)
        await asyncio.sleep(0.2)
        begun = now()
        await group_commit.add(rows(b"2"), lambda: told.append("second"))
        await until(lambda: len(told) == 2)
        assert now() - begun >= 0.1

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

    assert run_at_once(test()) == []


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
