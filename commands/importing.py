"""`jejak import …`: other systems' records turned into events."""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from commands.output import json_line, say
from commands.produce import append_lines
from commands.progress import Advance, progress
from producers.whatsapp import BrokenBody, WhatsAppImport, read_bodies
from schemas.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Turn other systems' records into events.")


@app.callback()
def _group() -> None:
    """Keeps `whatsapp` a command of its own while it is the only one."""


@app.command()
def whatsapp(
    workspace: Annotated[str, typer.Option(help="The workspace the events belong to.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="Webhook bodies, one a line or whole files; stdin where absent.")
    ] = None,
    produce: Annotated[bool, typer.Option("--produce", help="Append the events instead of printing them.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary, on stderr, for machines.")] = False,
) -> None:
    """Turn WhatsApp Cloud API webhook bodies into events. Exit status 1 if some of it was broken."""
    importer = WhatsAppImport(workspace)
    refused = 0
    with progress("importing") as advance:
        lines = _events(importer, files or [], advance)
        if produce:
            appended, refused = asyncio.run(append_lines(Settings(), lines, lambda _: None))
            typer.echo(f"appended {appended} events", err=True)
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
        f"{report.bodies} bodies: {sum(report.events.values())} events, {sum(report.skipped.values())} skipped, "
        f"{len(report.broken)} broken",
        err=True,
    )
    for kind, count in sorted(report.skipped.items()):
        say(f"  skipped {kind}: {count}", err=True)
