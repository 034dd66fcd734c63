"""`jejak rebuild`: project everything again, then swap."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from commands.terminal.errors import CommandError
from projections.rebuild.course import rebuild as rebuild_from_events
from projections.rebuild.into import rebuild_into
from projections.runs.errors import RebuildError
from schemas.settings import Settings
from schemas.words import counted


class Source(StrEnum):
    """Where a rebuild takes the events from."""

    EVENTS = "events"
    KAFKA = "kafka"


_SOURCE = "The source: the stored events, or the topics from offset 0."
_ALLOW_LOSS = "With --from kafka: continue even if stored events are missing from the topics."
_INTO = "Fill this new database instead and change nothing here."


def rebuild(
    source: Annotated[Source, typer.Option("--from", help=_SOURCE)] = Source.EVENTS,
    allow_loss: Annotated[bool, typer.Option("--allow-loss", help=_ALLOW_LOSS)] = False,
    into: Annotated[str, typer.Option("--into", metavar="DATABASE", help=_INTO)] = "",
) -> None:
    """Build all tables again beside the old ones, then swap. Readers see no gap, and no event is missed."""
    settings = Settings()
    if into:
        _fill(settings, into, other_options=source is Source.KAFKA or allow_loss)
        return
    with _Bars() as bars:
        try:
            if source is Source.KAFKA:
                from processors.stream.replay import restore_events  # noqa: PLC0415 - only this needs Kafka

                restored = restore_events(settings, bars.show, allow_loss=allow_loss)
                typer.echo(str(restored))
            outcome = rebuild_from_events(settings, bars.show)
        except RebuildError as error:
            raise CommandError(str(error)) from None
    typer.echo("rebuilt and swapped")
    for name in outcome.replaced:
        typer.echo(f"replaced  {name}")
    for item in outcome.drift:
        typer.echo(f"jejak: {item}", err=True)
    if outcome.drift:
        raise typer.Exit(1)


def _fill(settings: Settings, database: str, *, other_options: bool) -> None:
    """Fill a new database, and say what is to be done then."""
    if other_options:
        raise CommandError("--into uses the stored events; it excludes --from kafka and --allow-loss")
    with _Bars() as bars:
        try:
            filled = rebuild_into(settings, database, bars.show)
        except RebuildError as error:
            raise CommandError(str(error)) from None
    typer.echo(f"{filled.database} has all {counted(filled.events, 'event')}, and receives new ones")
    typer.echo(
        f"next: point the workers to it (…/{filled.database} in JEJAK_CLICKHOUSE_URL), then run this once more as"
    )
    typer.echo("      now, which follows the last merges of contacts; then switch the readers over")


class _Bars:
    """A progress bar a step, on a terminal only."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "_Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, step: str, done: int, total: int) -> None:
        """Move a step's bar."""
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._tasks[step], completed=done, total=total)
