"""`jejak dead-letters show`: one dead letter whole."""

import asyncio
import sys
from typing import Annotated

import typer

from commands.dead_letters import letters
from commands.dead_letters.reading import tell_unknown
from commands.dead_letters.selection import found, place_of
from commands.terminal.errors import CommandError
from commands.terminal.output import one_row, print_json
from processors.dead_letters.marks import AnyMark, Place
from processors.dead_letters.reading import DeadLetterTopic
from processors.dead_letters.repairs import Repairs
from processors.dead_letters.replay import impossible, now_ms, still_rejected
from processors.dead_letters.stored import StoredDeadLetter
from schemas.settings import Settings


def show(
    letter_id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it: partition:offset.")],
    raw: Annotated[bool, typer.Option("--raw", help="Only the value, byte for byte.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; bytes in base64, too.")] = False,
) -> None:
    """Show one dead letter in full, and whether it could be replayed now."""
    settings = Settings()
    letter, marks = asyncio.run(_find(settings, place_of(letter_id)))
    if raw and letter.lost_sha256 is not None:
        raise CommandError(f"{letter_id}: {impossible(settings, letter)}")
    verdict = impossible(settings, letter) or still_rejected(settings, letter, now_ms())
    if raw:
        sys.stdout.buffer.write(letter.value)
        sys.stdout.buffer.flush()
    elif as_json:
        whole = letters.as_json(letter) | letters.in_base64(letter)
        print_json([whole | {"marks": list(map(letters.mark_as_json, marks)), "refused": verdict}])
    else:
        _print(letter, marks, verdict)


async def _find(settings: Settings, place: Place) -> tuple[StoredDeadLetter, list[AnyMark]]:
    repairs = Repairs(settings)
    try:
        async with DeadLetterTopic(settings) as topic:
            (letter,) = await repairs.looked_up([await found(topic, place)])
            marks = await topic.marks(place) if letter.replayed or letter.dismissed else []
    finally:
        repairs.close()
    tell_unknown(repairs)
    return letter, marks


def _print(letter: StoredDeadLetter, marks: list[AnyMark], verdict: str | None) -> None:
    typer.echo(f"rejected at: {letters.time_of(letter.timestamp_ms)}")
    if letter.copies > 1:
        typer.echo(f"rejected: {letter.copies} times, which is one dead letter")
    for name, reason in letter.reasons.items():
        typer.echo(f"{one_row(name)}: {one_row(reason)}")
    for mark in marks:
        typer.echo(letters.settled(mark))
    if letter.repaired:
        typer.echo("repaired: an event of its workspace, source and id is stored")
    typer.echo(f"replay now: {one_row(verdict) if verdict else 'it would be taken'}")
    typer.echo(f"key: {_shown(letter.key)}")
    for name, value in letter.headers:
        typer.echo(f"header {one_row(letters.header_name(name))}: {_shown(value)}")
    if letter.lost_sha256 is not None:
        typer.echo(f"value lost: {letter.lost_size}, SHA-256 {one_row(letter.lost_sha256)}")
    typer.echo("\n" + "\n".join(map(one_row, letters.text(letter.value).split("\n"))))


def _shown(value: bytes | None) -> str:
    return "–" if value is None else one_row(letters.text(value))
