"""`jejak dead-letters list` and `show`: what was rejected, and why. `replay` and `dismiss` are files of their own."""

import asyncio
import base64
import heapq
import sys
from collections.abc import AsyncIterator
from typing import Annotated, Any

import typer

from commands import dead_letter_dismiss, dead_letter_replay, dead_letter_skip
from commands.dead_letter_counts import count, print_counts
from commands.dead_letter_reading import known_letters, tell_unknown
from commands.dead_letter_selection import Reasons, Since, Topics, found, place_of, selected
from commands.errors import CommandError
from commands.instants import instant
from commands.output import local_time, one_row, plain, print_json, print_table
from commands.reading import tell
from processors.dead_letters.marks import AnyMark, Mark, Place
from processors.dead_letters.reading import DeadLetterTopic, Selection
from processors.dead_letters.repairs import Repairs
from processors.dead_letters.replay import impossible, now_ms, still_rejected
from processors.dead_letters.stored import State, StoredDeadLetter, believed_ms
from schemas.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What was rejected and why; put it back after a fix.")
app.command("replay")(dead_letter_replay.replay)
app.command("skip")(dead_letter_skip.skip)
app.command("dismiss")(dead_letter_dismiss.dismiss)


@app.command("list")
def list_(
    topic: Topics = None,
    reason: Reasons = None,
    since: Since = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only those not settled yet: replayed, repaired or dismissed.")
    ] = False,
    counts: Annotated[bool, typer.Option("--counts", help="How many by topic and reason, instead.")] = False,
    limit: Annotated[int, typer.Option(help="How many at most, the newest.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List dead letters, newest first."""
    settings = Settings()
    letters = _read(settings, selected(settings, topic, reason, since), waiting=waiting)
    if counts:
        print_counts(asyncio.run(count(letters)), as_json=as_json)
        return
    newest, total = asyncio.run(_newest(letters, limit, whole=as_json))
    if as_json:
        print_json(_as_json(letter) for letter in newest)
    else:
        _print(newest)
    if not total:
        tell("no such dead letters")
    elif total > limit:
        tell(f"{total - limit} more; show them with --limit")


@app.command()
def show(
    letter_id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it: partition:offset.")],
    raw: Annotated[bool, typer.Option("--raw", help="Nothing but the value, as it is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines; bytes in base64, too.")] = False,
) -> None:
    """Show one dead letter whole, and whether it could be put back now."""
    settings = Settings()
    letter, marks = asyncio.run(_find(settings, place_of(letter_id)))
    if raw and letter.lost_sha256 is not None:
        raise CommandError(f"{letter_id}: {impossible(settings, letter)}")
    verdict = impossible(settings, letter) or still_rejected(settings, letter, now_ms())
    if raw:
        sys.stdout.buffer.write(letter.value)
        sys.stdout.buffer.flush()
    elif as_json:
        print_json([_as_json(letter) | _exactly(letter) | {"marks": list(map(_mark, marks)), "refused": verdict}])
    else:
        _print_whole(letter, marks, verdict)


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


def _print(letters: list[StoredDeadLetter]) -> None:
    print_table(
        ["id", "rejected at", "from", "reason", "state", "message"],
        (
            [
                letter.id,
                _time(letter.timestamp_ms),
                _origin(letter),
                letter.reason,
                letter.state.value,
                letter.message,
            ]
            for letter in letters
        ),
    )


def _print_whole(letter: StoredDeadLetter, marks: list[AnyMark], verdict: str | None) -> None:
    typer.echo(f"rejected at: {_time(letter.timestamp_ms)}")
    if letter.copies > 1:
        typer.echo(f"rejected: {letter.copies} times, which is one dead letter")
    for name, text in letter.reasons.items():
        typer.echo(f"{one_row(name)}: {one_row(text)}")
    for mark in marks:
        typer.echo(_settled(mark))
    if letter.repaired:
        typer.echo("repaired: an event of its workspace, source and id is stored")
    typer.echo(f"replay now: {one_row(verdict) if verdict else 'it would be taken'}")
    typer.echo(f"key: {_shown(letter.key)}")
    for name, value in letter.headers:
        typer.echo(f"header {one_row(_name(name))}: {_shown(value)}")
    if letter.lost_sha256 is not None:
        typer.echo(f"value lost: {letter.lost_size}, SHA-256 {one_row(letter.lost_sha256)}")
    typer.echo("\n" + "\n".join(map(one_row, _text(letter.value).split("\n"))))


def _settled(mark: AnyMark) -> str:
    at = _time(mark.at_ms)
    if isinstance(mark, Mark):
        return f"replayed: {at}, to {one_row(f'{mark.topic}[{mark.partition}]@{mark.offset}')}"
    return f"dismissed: {at}, {one_row(mark.why)}"


def _time(milliseconds: int) -> str:
    return local_time(instant(milliseconds)) or "–"


def _origin(letter: StoredDeadLetter) -> str:
    reasons = letter.reasons
    return f"{reasons.get('topic', '?')}[{reasons.get('partition', '?')}]@{reasons.get('offset', '?')}"


def _shown(value: bytes | None) -> str:
    return "–" if value is None else one_row(_text(value))


def _text(value: bytes) -> str:
    return value.decode(errors="backslashreplace")


def _name(name: str) -> str:
    """A header's name; bytes in it that are not UTF-8 are shown as such."""
    return _text(name.encode(errors="surrogateescape"))


def _as_json(letter: StoredDeadLetter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "rejected_at": instant(letter.timestamp_ms),
        **{name.replace(".", "_"): text for name, text in letter.reasons.items()},
        "state": letter.state.value,
        "replayed": letter.replayed,
        "dismissed": letter.dismissed,
        "repaired": letter.repaired,
        "copies": letter.copies,
        "key": None if letter.key is None else _text(letter.key),
        "value": _text(letter.value),
        "value_lost_bytes": letter.lost_bytes,
        "headers": [[_name(name), None if value is None else _text(value)] for name, value in letter.headers],
    }


def _exactly(letter: StoredDeadLetter) -> dict[str, Any]:
    """What text cannot tell exactly."""
    return {
        "key_base64": _base64(letter.key),
        "value_base64": _base64(letter.value),
        "headers_base64": [[_name(name), _base64(value)] for name, value in letter.headers],
    }


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _mark(mark: AnyMark) -> dict[str, Any]:
    at = plain(instant(mark.at_ms))
    if isinstance(mark, Mark):
        return {"replayed_at": at, "topic": mark.topic, "partition": mark.partition, "offset": mark.offset}
    return {"dismissed_at": at, "why": mark.why}
