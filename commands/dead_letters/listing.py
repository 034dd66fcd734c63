"""`jejak dead-letters list`: what was rejected, and why."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from typing import Annotated

import typer

from commands.dead_letters import letters as shown
from commands.dead_letters.counts import count, print_counts
from commands.dead_letters.reading import known_letters
from commands.dead_letters.selection import Reasons, Since, Topics, selected, unknown_topics
from commands.terminal.output import print_json, print_table, tell
from processors.dead_letters.reading import DeadLetterTopic, Selection
from processors.dead_letters.stored import State, StoredDeadLetter, believed_ms
from schemas.settings import Settings


def list_(
    topic: Topics = None,
    reason: Reasons = None,
    since: Since = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only those that are not replayed, repaired or dismissed.")
    ] = False,
    counts: Annotated[bool, typer.Option("--counts", help="Count them by topic and reason instead.")] = False,
    limit: Annotated[int, typer.Option(help="How many at most, the newest first.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """List dead letters, newest first."""
    settings = Settings()
    letters = _read(settings, selected(settings, topic, reason, since), waiting=waiting)
    if counts:
        print_counts(asyncio.run(count(letters)), as_json=as_json)
        return
    newest, total = asyncio.run(_newest(letters, limit, whole=as_json))
    if as_json:
        print_json(shown.as_json(letter) for letter in newest)
    else:
        _print(newest)
    if not total:
        tell(f"no such dead letters{unknown_topics(settings, topic)}")
    elif total > limit:
        tell(f"{total - limit} more; show them with --limit")


async def _read(settings: Settings, selection: Selection, *, waiting: bool) -> AsyncIterator[StoredDeadLetter]:
    async with DeadLetterTopic(settings) as topic:
        async for letter in known_letters(settings, topic, selection):
            if not waiting or letter.state is State.WAITING:
                yield letter


async def _newest(
    letters: AsyncIterator[StoredDeadLetter], limit: int, *, whole: bool
) -> tuple[list[StoredDeadLetter], int]:
    """The newest letters, and how many there are in all. No more than these are ever kept.

    Arguments:
        letters: in any order.
        limit: how many to keep.
        whole: whether values are wanted; they can be large.
    """
    total = 0
    kept: list[tuple[int, int, int, StoredDeadLetter]] = []
    async for letter in letters:
        total += 1
        light = letter if whole else letter.light()
        item = (believed_ms(letter.timestamp_ms), letter.partition, letter.offset, light)
        if len(kept) < limit:
            heapq.heappush(kept, item)
        else:
            heapq.heappushpop(kept, item)
    return [item[-1] for item in sorted(kept, key=lambda item: item[:-1], reverse=True)], total


def _print(letters: list[StoredDeadLetter]) -> None:
    print_table(
        ["id", "rejected at", "from", "reason", "state", "message"],
        (
            [
                letter.id,
                shown.time_of(letter.timestamp_ms),
                shown.origin(letter),
                letter.reason,
                letter.state.value,
                letter.message,
            ]
            for letter in letters
        ),
    )
