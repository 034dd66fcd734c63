"""A group commit that runs beside a test, on a clock that is turned, before a store that the test opens and shuts."""

import asyncio
from collections.abc import Awaitable, Callable

from processors.stream.group_commit import Block, GroupCommit
from processors.stream.packing import Packed
from processors.tuning import Tuning
from projections.roots import Merge
from tests.support.turned_clock import now, run_at_once

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
    deadline = now() + seconds
    while not condition():
        assert now() < deadline, "waited in vain"
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
        group_commit = GroupCommit(store, Tuning(**(PATIENT | limits)), lambda: unread, now)  # type: ignore[arg-type]
        running = asyncio.create_task(group_commit.run())
        try:
            await _store(group_commit, store, blocks_before)
            await test(group_commit, store, [])
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    run_at_once(beside())


async def _store(group_commit: GroupCommit, store: Store, blocks: int) -> None:
    for number in range(blocks):
        await group_commit.add(rows(b"before"), lambda: None)
        group_commit.hurry()
        await until(lambda number=number: len(store.blocks) > number)  # type: ignore[misc]
    await asyncio.sleep(0)
    store.blocks, store.merges, store.begun = [], [], 0
