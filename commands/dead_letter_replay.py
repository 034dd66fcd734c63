"""`jejak dead-letters replay`: put rejected records back after a fix. What it does, `processors/` explains."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace as changed
from typing import Annotated

import typer

from commands.dead_letter_selection import Reasons, Since, Topics, found, place_of, selected
from commands.errors import CommandError
from commands.output import one_row
from commands.progress import progress
from commands.reading import tell
from processors.dead_letter_reading import DeadLetterTopic, Selection
from processors.dead_letter_replay import Outcome, Replayer
from processors.stored_dead_letter import StoredDeadLetter
from schemas.settings import Settings

#: Letters, and bytes of their values, that are put back at once.
_CHUNK_LETTERS = 2_000
_CHUNK_BYTES = 8 * 2**20

#: What is told besides the outcomes of replaying.
_ALREADY = "already replayed"


def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Just these, as `list` shows them.")] = None,
    topic: Topics = None,
    reason: Reasons = None,
    since: Since = None,
    force: Annotated[bool, typer.Option("--force", help="Also what would be rejected again.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also what was put back before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Append nothing, only say what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary for machines.")] = False,
) -> None:
    """Put dead letters back into their topics, once each: those named, those that the filters select, or all.

    Exit status 1 where one was not put back.
    """
    settings = Settings()
    if ids and (topic or reason or since):
        raise CommandError("ids and filters exclude each other")
    selection = selected(settings, topic, reason, since)
    selection = changed(selection, places=frozenset(map(place_of, ids or ())))
    replayer = Replayer(settings, force=force, dry_run=dry_run)
    summary = asyncio.run(_replay(settings, selection, replayer, again=again))
    _print(summary, dry_run=dry_run, as_json=as_json)
    if summary[Outcome.REFUSED.value] or summary[Outcome.FAILED.value]:
        raise typer.Exit(1)


async def _replay(settings: Settings, selection: Selection, replayer: Replayer, *, again: bool) -> Counter[str]:
    """Put back what is selected; how many of them ended how."""
    summary: Counter[str] = Counter()
    async with DeadLetterTopic(settings) as topic, replayer:
        for place in sorted(selection.places):
            await found(topic, place)
        spans = await topic.spans(selection)
        with progress("replaying", 2 * sum(end - begin for begin, end in spans.values())) as advance:
            async for chunk in _chunks(topic.letters(selection, spans, advance)):
                waiting = [letter for letter in chunk if again or not letter.replayed]
                summary[_ALREADY] += len(chunk) - len(waiting)
                for done in await replayer.replay(waiting):
                    summary[done.outcome.value] += 1
                    if done.why:
                        tell(f"{done.letter.id}: {one_row(done.why)}")
    return summary


async def _chunks(letters: AsyncIterator[StoredDeadLetter]) -> AsyncIterator[Sequence[StoredDeadLetter]]:
    """Letters gathered to what is put back at once, which bounds the memory, too."""
    chunk: list[StoredDeadLetter] = []
    size = 0
    async for letter in letters:
        chunk.append(letter)
        size += len(letter.value)
        if len(chunk) >= _CHUNK_LETTERS or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _print(summary: Counter[str], *, dry_run: bool, as_json: bool) -> None:
    replayed, already = summary[Outcome.REPLAYED.value], summary[_ALREADY]
    if as_json:
        told = {outcome.value: summary[outcome.value] for outcome in Outcome}
        typer.echo(json.dumps({**told, "already_replayed": already, "dry_run": dry_run}))
        return
    parts = [f"{'would replay' if dry_run else 'replayed'} {replayed} dead letters"]
    parts += [f"{outcome.value} {summary[outcome.value]}" for outcome in (Outcome.REFUSED, Outcome.FAILED)]
    typer.echo(", ".join(parts))
    if already:
        tell(f"{already} were put back before; --again puts them back once more")
