"""`jejak import …`: other systems' records turned into events."""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from commands.produce import tell_rejected
from commands.terminal.lazy import plain_app
from commands.terminal.output import json_line, say
from commands.terminal.progress import Advance, progress
from producers.events import append_lines
from producers.whatsapp import BrokenBody, WhatsAppImport, read_bodies
from schemas.settings import Settings
from schemas.words import counted

app = plain_app(no_args_is_help=True)


# Without a callback Typer would make `whatsapp`, the only command so far, the group itself.
@app.callback()
def _group() -> None:
    """Turn other systems' records into events."""


@app.command()
def whatsapp(
    workspace: Annotated[str, typer.Option(help="The workspace the events belong to.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="Webhook bodies, one per line or as whole files; stdin if absent.")
    ] = None,
    produce: Annotated[bool, typer.Option("--produce", help="Append the events instead of printing them.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary, on stderr, as one JSON object.")] = False,
) -> None:
    """Turn WhatsApp Cloud API webhook bodies into events. Exit status 1 if any was broken."""
    importer = WhatsAppImport(workspace)
    refused = 0
    with progress("importing") as advance:
        lines = _events(importer, files or [], advance)
        if produce:
            done = asyncio.run(append_lines(Settings(), lines, reject=tell_rejected, advance=lambda _: None))
            refused = done.rejected
            typer.echo(f"appended {counted(done.acknowledged, 'event')}", err=True)
        else:
            for line in lines:
                sys.stdout.buffer.write(line + b"\n")
            sys.stdout.flush()
    _summarise(importer, as_json)
    if importer.report.broken or refused:
        raise typer.Exit(1)


def _events(importer: WhatsAppImport, files: Sequence[Path], advance: Advance) -> Iterator[bytes]:
    reported = 0
    for stream, name in _streams(files):
        for body in read_bodies(stream, name):
            for event in importer.events(body):
                yield json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
            for broken in importer.report.broken[reported:]:
                _tell(broken)
            reported = len(importer.report.broken)
            advance(1)


def _streams(files: Sequence[Path]) -> Iterator[tuple[BinaryIO, str]]:
    if not files:
        yield sys.stdin.buffer, "stdin"
    for path in files:
        with path.open("rb") as stream:
            yield stream, path.name


def _tell(broken: BrokenBody) -> None:
    say(broken, err=True)


def _summarise(importer: WhatsAppImport, as_json: bool) -> None:
    report = importer.report
    if as_json:
        summary = {
            "bodies": report.bodies,
            "events": dict(report.events),
            "skipped": dict(report.skipped),
            "broken": [str(item) for item in report.broken],
        }
        typer.echo(json_line(summary), err=True)
        return
    typer.echo(
        f"{counted(report.bodies, 'body', 'bodies')}: {counted(sum(report.events.values()), 'event')}, "
        f"{sum(report.skipped.values()):,} skipped, {len(report.broken):,} broken",
        err=True,
    )
    for kind, count in sorted(report.skipped.items()):
        say(f"  skipped {kind}: {count}", err=True)
