"""Group commit: rows of many batches become one INSERT, and the batches are done when it is.

An INSERT costs ClickHouse a part in every table it reaches, whatever its size, so rows are gathered until there are
enough of them, or too many bytes, or the oldest has waited long enough: longer where a backlog waits behind it, whose
events are late anyway and whose blocks may as well be whole. While one block is on its way the next one
is gathered; there is never more than one on its way, which keeps retries and memory simple.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from processors.stream.packing import Packed
from processors.tuning import Tuning
from projections.roots import Merge


@dataclass(slots=True)
class Block:
    """Rows that are written together.

    Attributes:
        packed: the rows, batch by batch.
        merges: the merges of contacts among them, whose ends are to be followed.
        rows: how many.
        size: their bytes before compression.
        since: when the first of them came, in seconds of the group commit's clock.
        stored: what to call once ClickHouse has all of them.
    """

    packed: list[Packed] = field(default_factory=list)
    merges: set[Merge] = field(default_factory=set)
    rows: int = 0
    size: int = 0
    since: float = 0.0
    stored: list[Callable[[], None]] = field(default_factory=list)

    def add(self, packed: Packed, merges: Iterable[Merge], stored: Callable[[], None]) -> None:
        """Add a batch's rows."""
        if packed.rows:
            self.packed.append(packed)
        self.merges.update(merges)
        self.rows += packed.rows
        self.size += packed.size
        self.stored.append(stored)


class Store(Protocol):
    """Where blocks go: writes a block for as long as it takes, or raises if that can never succeed."""

    async def write(self, block: Block) -> None:
        """Return once all of it is stored."""


class GroupCommit:
    """Gathers rows and writes them in blocks."""

    def __init__(
        self,
        store: Store,
        tuning: Tuning,
        unread: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is written before `run`.

        Arguments:
            store: where blocks go.
            tuning: when they go.
            unread: how many records wait in the broker.
            clock: seconds that never go back.
        """
        self._store = store
        self._tuning = tuning
        self._unread = unread
        self._clock = clock
        self._blocks = 0
        self._block = Block()
        self._changed = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._hurried = False

    async def add(self, packed: Packed, stored: Callable[[], None], merges: Iterable[Merge] = ()) -> None:
        """Add a batch's rows.

        Waits while a full block is already gathered behind the one on its way: that is the back-pressure.

        Arguments:
            packed: the rows; there may be none, and then `stored` is called with the next block.
            stored: called once ClickHouse has them.
            merges: the merges of contacts among them.
        """
        while self._is_full():
            self._emptied.clear()
            await self._emptied.wait()
        if not self._block.stored:
            self._block.since = self._clock()
        self._block.add(packed, merges, stored)
        self._changed.set()

    def hurry(self) -> None:
        """Write what is gathered now, without waiting for more: called before partitions are given up."""
        self._hurried = True
        self._changed.set()

    async def run(self) -> None:
        """Write blocks until cancelled. An error of the store is the caller's to crash on."""
        while True:
            await self._until_due()
            block, self._block = self._block, Block()
            self._hurried = False
            self._emptied.set()
            if block.rows:
                await self._store.write(block)
                self._blocks += 1
            for stored in block.stored:
                stored()

    async def _until_due(self) -> None:
        while (wait := self._seconds_left()) is None or wait > 0:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), wait)
            except TimeoutError:
                continue

    def _seconds_left(self) -> float | None:
        """Until the block is due; None while there is nothing to write."""
        if not self._block.stored:
            return None
        if self._hurried or self._is_full():
            return 0
        return self._block.since + self._patience() - self._clock()

    def _patience(self) -> float:
        """How long the oldest row may wait, in seconds.

        It grows from block to block. The first goes at once, because people who start a worker look for it, and
        ClickHouse has something to do early.
        """
        is_behind = self._unread() >= self._tuning.flush_rows
        limit = self._tuning.flush_behind_seconds if is_behind else self._tuning.flush_seconds
        return min(limit, self._blocks * self._tuning.flush_seconds)

    def _is_full(self) -> bool:
        return self._block.rows >= self._tuning.flush_rows or self._block.size >= self._tuning.flush_bytes
