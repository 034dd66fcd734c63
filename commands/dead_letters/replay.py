"""`jejak dead-letters replay`: put rejected records back after a fix. What it does, `processors/` explains."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated

import typer

from commands.dead_letters.reading import known_letters
from commands.dead_letters.selection import Reasons, Since, Topics, all_found, meant
from commands.terminal.output import one_row, tell
from processors.dead_letters.chunks import chunks
from processors.dead_letters.reading import DeadLetterTopic, Selection
from processors.dead_letters.replay import Outcome, Replayer
from processors.dead_letters.stored import State, StoredDeadLetter
from schemas.settings import Settings
from schemas.words import counted, plural

#: Letters, and bytes of their values, that are put back at once.
_CHUNK_LETTERS = 2_000
_CHUNK_BYTES = 8 * 2**20

#: What is told besides the outcomes of replaying.
_ALREADY = "already replayed"


def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Only these, as `list` shows them.")] = None,
    topic: Topics = None,
    reason: Reasons = None,
    since: Since = None,
    force: Annotated[bool, typer.Option("--force", help="Also those that would be rejected again.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also those that were replayed before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Append nothing; only report what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Put dead letters back into their topics, once each: those named, those that the filters select, or all.

    Those that were repaired by hand or dismissed are put back only if they are named.
    Exit status 1 if one could not be put back.
    """
    settings = Settings()
    selection = meant(settings, ids, topic, reason, since)
    replayer = Replayer(settings, force=force, dry_run=dry_run)
    summary = asyncio.run(_replay(settings, selection, replayer, again=again))
    _print(summary, dry_run=dry_run, as_json=as_json)
    if summary[Outcome.REFUSED.value] or summary[Outcome.FAILED.value]:
        raise typer.Exit(1)


async def _replay(settings: Settings, selection: Selection, replayer: Replayer, *, again: bool) -> Counter[str]:
    """Put back what is selected; how many of them ended how."""
    summary: Counter[str] = Counter()
    async with DeadLetterTopic(settings) as topic, replayer:
        await all_found(topic, selection.places)
        letters = known_letters(settings, topic, selection, "replaying")
        async for chunk in chunks(_open(letters, named=bool(selection.places)), _CHUNK_LETTERS, _CHUNK_BYTES):
            waiting = [letter for letter in chunk if again or not letter.replayed]
            summary[_ALREADY] += len(chunk) - len(waiting)
            for done in await replayer.replay(waiting):
                summary[done.outcome.value] += 1
                if done.why:
                    tell(f"{done.letter.id}: {one_row(done.why)}")
    return summary


async def _open(letters: AsyncIterator[StoredDeadLetter], *, named: bool) -> AsyncIterator[StoredDeadLetter]:
    """Those that may be put back: all that are named; else none that was settled in another way."""
    async for letter in letters:
        if named or letter.state in (State.WAITING, State.REPLAYED):
            yield letter


def _print(summary: Counter[str], *, dry_run: bool, as_json: bool) -> None:
    replayed, already = summary[Outcome.REPLAYED.value], summary[_ALREADY]
    if as_json:
        told = {outcome.value: summary[outcome.value] for outcome in Outcome}
        typer.echo(json.dumps({**told, "already_replayed": already, "dry_run": dry_run}))
        return
    parts = [f"{'would replay' if dry_run else 'replayed'} {counted(replayed, 'dead letter')}"]
    parts += [f"{outcome.value} {summary[outcome.value]}" for outcome in (Outcome.REFUSED, Outcome.FAILED)]
    typer.echo(", ".join(parts))
    if already:
        was, it = plural(already, "was", "were"), plural(already, "it", "them")
        tell(f"{already:,} {was} put back before; --again puts {it} back once more")
