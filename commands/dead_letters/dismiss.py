"""`jejak dead-letters dismiss`: settle rejected records that need no attention, with a reason."""

import asyncio
import sys
from collections import Counter
from typing import Annotated

import typer

from commands.dead_letters.reading import known_letters
from commands.dead_letters.selection import Reasons, Since, Topics, all_found, meant
from commands.terminal.answers import check_text
from commands.terminal.errors import CommandError
from commands.terminal.output import json_line, one_row, tell
from processors.dead_letters.dismiss import Dismisser
from processors.dead_letters.marks import MAX_WHY
from processors.dead_letters.reading import DeadLetterTopic, Selection
from processors.dead_letters.stored import State, StoredDeadLetter
from schemas.settings import Settings
from schemas.words import counted, plural

#: Marks that are sent at the same time.
_CHUNK = 2_000


def dismiss(
    why: Annotated[str, typer.Option("--why", help="The reason, which `show` displays.")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Only these, as `list` shows them.")] = None,
    topic: Topics = None,
    reason: Reasons = None,
    since: Since = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Mark nothing; only report what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Settle dead letters that need no replay: those named, or all waiting ones that the filters select.

    They stay in their topic, can be shown, and can still be replayed by id. On a terminal it asks before it
    dismisses what filters select.
    """
    settings = Settings()
    _check(why)
    selection = meant(settings, ids, topic, reason, since)
    letters, settled = asyncio.run(_selected(settings, selection))
    if letters and not (ids or yes or dry_run):
        _ask(letters)
    if not dry_run:
        asyncio.run(_dismiss(settings, letters, why))
    if as_json:
        typer.echo(json_line({"dismissed": len(letters), "already_settled": settled, "dry_run": dry_run}))
        return
    typer.echo(f"{'would dismiss' if dry_run else 'dismissed'} {counted(len(letters), 'dead letter')}")
    if settled:
        tell(f"{settled:,} {plural(settled, 'was', 'were')} replayed or dismissed before")


def _check(why: str) -> None:
    check_text(why=why)
    if not why.strip():
        raise CommandError("--why: say why they need no attention")
    if len(why) > MAX_WHY:
        raise CommandError(f"--why: {len(why)} characters, of at most {MAX_WHY}")


async def _selected(settings: Settings, selection: Selection) -> tuple[list[StoredDeadLetter], int]:
    """The letters to be dismissed, without their values, and how many of those named have a mark already."""
    letters: list[StoredDeadLetter] = []
    settled = 0
    async with DeadLetterTopic(settings) as topic:
        await all_found(topic, selection.places)
        async for letter in known_letters(settings, topic, selection):
            if selection.places and (letter.replayed or letter.dismissed):
                settled += 1
            elif selection.places or letter.state is State.WAITING:
                letters.append(letter.light())
    return letters, settled


def _ask(letters: list[StoredDeadLetter]) -> None:
    """Let a person at a terminal see what is meant before it is marked."""
    if not sys.stdin.isatty():
        return
    for (topic, reason), number in Counter((letter.topic, letter.reason) for letter in letters).most_common():
        tell(f"{counted(number, 'dead letter')} from {one_row(topic)}: {one_row(reason)}")
    typer.confirm(f"Dismiss {counted(len(letters), 'dead letter')}?", abort=True, err=True)


async def _dismiss(settings: Settings, letters: list[StoredDeadLetter], why: str) -> None:
    async with Dismisser(settings, why) as dismisser:
        for start in range(0, len(letters), _CHUNK):
            await dismisser.dismiss(letters[start : start + _CHUNK])
