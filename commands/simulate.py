"""`jejak simulate`: the events of a simulated workspace."""

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.terminal.errors import CommandError
from commands.terminal.progress import progress
from producers.events import append_records
from producers.simulator import DEFAULT_END, Record, Scenario
from producers.simulator import simulate as simulated
from schemas.settings import Settings
from schemas.words import counted


def simulate(
    contacts: Annotated[int, typer.Option(help="How many people.", min=1)] = 1_000,
    days: Annotated[int, typer.Option(help="Over how many days.", min=1)] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same events, byte for byte.")] = 1,
    workspace: Annotated[str, typer.Option(help="The workspace's id.")] = "ws_kopi",
    workspaces: Annotated[int, typer.Option(help="How many workspaces, each smaller than the one before.", min=1)] = 1,
    end: Annotated[datetime | None, typer.Option(help="When the last day ends (UTC); a fixed date if absent.")] = None,
    disorder: Annotated[float, typer.Option(help="Share of events that arrive late.", min=0, max=1)] = 0.0,
    duplicates: Annotated[float, typer.Option(help="Share of events that arrive twice.", min=0, max=1)] = 0.0,
    bad: Annotated[float, typer.Option(help="Share of records that are rejected.", min=0, max=0.99)] = 0.0,
    rate: Annotated[float, typer.Option(help="Records per second; 0 for no limit.", min=0)] = 0.0,
    produce: Annotated[bool, typer.Option("--produce", help="Append the events instead of printing them.")] = False,
) -> None:
    """Print or append a seeded, realistic workspace's events: browsing, ads, chats, labels, pipelines, sessions."""
    try:
        scenario = Scenario(
            contacts=contacts,
            days=days,
            seed=seed,
            workspace=workspace,
            workspaces=workspaces,
            end=end.replace(tzinfo=UTC) if end else DEFAULT_END,
            disorder=disorder,
            duplicates=duplicates,
            bad=bad,
        )
    except ValueError as error:
        raise CommandError(str(error)) from None
    records = _paced(simulated(scenario), rate)
    with progress("simulating") as advance:
        if produce:
            count = asyncio.run(append_records(Settings(), records, advance=advance))
            typer.echo(f"appended {counted(count, 'record')}", err=True)
            return
        for record in records:
            sys.stdout.buffer.write(record.value + b"\n")
        sys.stdout.flush()


def _paced(records: Iterable[Record], rate: float) -> Iterator[Record]:
    """Hand records on at most so many a second, in small bursts."""
    if not rate:
        yield from records
        return
    begun = time.monotonic()
    for number, record in enumerate(records):
        ahead = number / rate - (time.monotonic() - begun)
        if ahead > 0.01:
            time.sleep(ahead)
        yield record
