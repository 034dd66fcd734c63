"""A worker to which something happens: `python -m tests.support.failing_worker`, with the environment's settings.

`FAIL_BATCH` is the number of the batch, counted from 1 over all agents, at which `Projector.take` raises, and
`FAIL_WHEN` whether it does so before its work (`before`) or behind it (`after`), when the batch's rows are already
gathered. `INSERT_SECONDS` shortens the patience with one INSERT, `STUCK_SECONDS` that with a batch in flight. While
there is the file `FETCH_CODE_FILE`, every partition 0 is fetched with the error code that stands in it, as a broker may
answer for one partition of several. `LETTER_SECONDS` is how long each dead letter takes, one after the other.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from processors.dead_letters.dead_letter import DeadLetters
from processors.fetch.fetching import BoundedFetcher
from processors.stream.projector import Projector
from processors.tuning import Tuning
from processors.worker.worker import run_worker
from schemas.settings import Settings

Take = Callable[[Projector, Any, str], Coroutine[Any, Any, None]]


class PlannedError(Exception):
    """The fault under test."""


def failing(take: Take, at: int, before: bool) -> Take:
    """`Projector.take`, raising once."""
    taken = 0

    async def take_or_raise(self: Projector, batch: Any, topic: str) -> None:
        nonlocal taken
        taken += 1
        number = taken
        if number == at and before:
            raise PlannedError(f"batch {number}, before its work")
        await take(self, batch, topic)
        if number == at:
            raise PlannedError(f"batch {number}, behind its work")

    return take_or_raise


def refused(take: Callable[..., bool], file: Path) -> Callable[..., bool]:
    """`BoundedFetcher._take`, told the error code that stands in a file."""

    def take_with_code(self: Any, assignment: Any, partition: Any, asked: Any, answer: Any, version: int) -> bool:
        if partition.partition == 0 and file.exists():
            answer = (answer[0], int(file.read_text()), -1, *answer[3:-1], b"")
        return take(self, assignment, partition, asked, answer, version)

    return take_with_code


def paced(append: Callable[..., Coroutine[Any, Any, None]], seconds: float) -> Callable[..., Coroutine[Any, Any, None]]:
    """`DeadLetters._append`, by a broker that takes its time for each letter."""
    turn = asyncio.Lock()

    async def append_in_turn(self: DeadLetters, producer: Any, letter: Any) -> None:
        async with turn:
            await asyncio.sleep(seconds)
        await append(self, producer, letter)

    return append_in_turn


def main() -> int:
    """Run the worker until it crashes or is stopped."""
    at = int(os.environ.get("FAIL_BATCH", "0"))
    if at:
        Projector.take = failing(  # type: ignore[assignment, method-assign]
            Projector.take, at, os.environ.get("FAIL_WHEN") != "after"
        )
    if file := os.environ.get("FETCH_CODE_FILE"):
        BoundedFetcher._take = refused(BoundedFetcher._take, Path(file))  # type: ignore[method-assign]
    if letter_seconds := os.environ.get("LETTER_SECONDS"):
        DeadLetters._append = paced(DeadLetters._append, float(letter_seconds))  # type: ignore[method-assign]
    seconds = float(os.environ.get("INSERT_SECONDS", Tuning.insert_timeout_seconds))
    stuck = float(os.environ.get("STUCK_SECONDS", Tuning.stuck_seconds))
    return run_worker(Settings(), Tuning(insert_timeout_seconds=seconds, stuck_seconds=stuck))


if __name__ == "__main__":
    sys.exit(main())
