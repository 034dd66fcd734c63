"""`jejak migrate`: create or check the tables and views."""

import json
from typing import Annotated

import typer

from commands.terminal.errors import CommandError
from commands.terminal.output import say
from projections.cluster import layout
from projections.migrate import Outcome
from projections.migrate import migrate as run_migration
from projections.runs.errors import RebuildError
from projections.statements import as_script
from projections.thin import OwnDatabaseError, make_thin_views
from schemas.settings import Settings
from schemas.words import counted

_READERS = "Then fill this database with thin views of what people read."


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; only report what differs.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the statements for an empty database; connect to nothing.")
    ] = False,
    readers: Annotated[str, typer.Option("--readers", metavar="DATABASE", help=_READERS)] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Bring ClickHouse to this version's tables and views. Exit status 1 if one differs that it must not change."""
    if dry_run:
        typer.echo(as_script(layout(Settings())), nl=False)
        return
    if readers and check:
        raise CommandError("--check changes nothing, so it excludes --readers")
    try:
        outcome = run_migration(Settings(), check_only=check)
    except RebuildError as error:
        raise CommandError(str(error)) from None
    made = {
        "created": outcome.created,
        "attached": outcome.attached,
        "replaced": outcome.replaced,
        "commented": outcome.commented,
    }
    if as_json:
        typer.echo(json.dumps(made | {"drift": [str(item) for item in outcome.drift]}))
    else:
        for action, names in made.items():
            for name in names:
                say(f"{action:<9} {name}")
        if outcome.opened:
            say("opened    events")
        if not (any(made.values()) or outcome.opened or outcome.drift):
            typer.echo("up to date")
    _say_what_is_left(outcome, needs_rebuild=outcome.needs_rebuild and not check)
    if readers:
        _fill(readers, quietly=as_json)
    if outcome.drift:
        raise typer.Exit(1)


def _fill(database: str, *, quietly: bool) -> None:
    try:
        names = make_thin_views(Settings(), database)
    except OwnDatabaseError as error:
        raise CommandError(str(error)) from None
    if not quietly:
        say(f"readers   {database} has {counted(len(names), 'view')}")


def _say_what_is_left(outcome: Outcome, *, needs_rebuild: bool) -> None:
    for warning in outcome.warnings:
        say(f"jejak: warning: {warning}", err=True)
    for item in outcome.drift:
        say(f"jejak: {item}", err=True)
    if needs_rebuild:
        say("jejak: run `jejak rebuild` to rebuild them from the stored events; the views wait for it", err=True)
