"""`jejak dead-letters …`: what was rejected, and why."""

import asyncio
import base64
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from commands.errors import CommandError
from commands.output import local_time, print_json, print_table
from processors.dead_letter_reading import StoredDeadLetter, read_dead_letters
from schemas.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What was rejected, and why.")


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(help="How many at most, the newest.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List dead letters, newest first."""
    letters = asyncio.run(_read_all())
    letters.sort(key=lambda letter: (letter.timestamp_ms, letter.partition, letter.offset), reverse=True)
    if as_json:
        print_json(_as_json(letter) for letter in letters[:limit])
        return
    print_table(
        ["id", "rejected at", "from", "reason", "message"],
        (
            [
                f"{letter.partition}:{letter.offset}",
                local_time(_instant(letter)),
                _origin(letter),
                letter.reasons.get("exception.class.name", ""),
                letter.reasons.get("exception.message", ""),
            ]
            for letter in letters[:limit]
        ),
    )
    if len(letters) > limit:
        typer.echo(f"{len(letters) - limit} more; show them with --limit", err=True)


@app.command()
def show(
    letter_id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it: partition:offset.")],
    as_json: Annotated[bool, typer.Option("--json", help="For machines; value and key in base64.")] = False,
) -> None:
    """Show one dead letter whole."""
    for letter in asyncio.run(_read_all()):
        if f"{letter.partition}:{letter.offset}" == letter_id:
            break
    else:
        raise CommandError(f"no dead letter {letter_id!r}; `jejak dead-letters list` shows their ids")
    if as_json:
        print_json([_as_json(letter) | {"value_base64": base64.b64encode(letter.value).decode()}])
        return
    for name, text in letter.reasons.items():
        typer.echo(f"{name}: {text}")
    typer.echo(f"key: {_text(letter.key)}")
    for name, value in letter.headers:
        typer.echo(f"header {name}: {_text(value)}")
    typer.echo(f"\n{_text(letter.value)}")


async def _read_all() -> list[StoredDeadLetter]:
    return [letter async for letter in read_dead_letters(Settings())]


def _instant(letter: StoredDeadLetter) -> datetime:
    return datetime.fromtimestamp(letter.timestamp_ms / 1000, UTC)


def _origin(letter: StoredDeadLetter) -> str:
    reasons = letter.reasons
    return f"{reasons.get('topic', '?')}[{reasons.get('partition', '?')}]@{reasons.get('offset', '?')}"


def _text(value: bytes | None) -> str:
    return "–" if value is None else value.decode(errors="backslashreplace")


def _as_json(letter: StoredDeadLetter) -> dict[str, Any]:
    return {
        "id": f"{letter.partition}:{letter.offset}",
        "rejected_at": _instant(letter),
        **{name.replace(".", "_"): text for name, text in letter.reasons.items()},
        "key": _text(letter.key),
        "value": _text(letter.value),
        "headers": [[name, _text(value)] for name, value in letter.headers],
    }
