"""`jejak produce`: validate events and append each to its topic under its key."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.terminal.output import tell
from commands.terminal.progress import progress
from producers.events import append_lines
from schemas.rejection import RejectedError
from schemas.settings import Settings
from schemas.words import counted


def produce(
    file: Annotated[Path | None, typer.Argument(help="One JSON event per line; stdin if absent.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Append events to their topics. Bad lines are reported by number and left out; exit status 1 if there were any."""
    with file.open("rb") if file else sys.stdin.buffer as stream, progress("appending") as advance:
        done = asyncio.run(append_lines(Settings(), stream, reject=tell_rejected, warn=tell_doubtful, advance=advance))
    if as_json:
        typer.echo(json.dumps({"appended": done.acknowledged, "rejected": done.rejected}))
    else:
        typer.echo(f"appended {counted(done.acknowledged, 'event')}, rejected {counted(done.rejected, 'line')}")
    if done.rejected:
        raise typer.Exit(1)


def tell_rejected(number: int, error: RejectedError) -> None:
    """Report a bad line on stderr."""
    tell(f"line {number}: {error.message}")


def tell_doubtful(number: int, warning: str) -> None:
    """Report on stderr which fields of a good line are in a place where nothing reads them."""
    tell(f"line {number}: warning: {warning}")
