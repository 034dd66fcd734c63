"""`jejak migrate`: create or check the tables and views."""

import json
from typing import Annotated

import typer

from commands.errors import CommandError
from projections.migrate import migrate as run_migration
from projections.rebuild.errors import RebuildError
from schemas.settings import Settings


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Change nothing, only say what differs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Bring ClickHouse to this version's tables and views. Exit status 1 where one differs that it may not touch."""
    try:
        outcome = run_migration(Settings(), check_only=check)
    except RebuildError as error:
        raise CommandError(str(error)) from None
    if as_json:
        drift = [str(item) for item in outcome.drift]
        typer.echo(json.dumps({"created": outcome.created, "replaced": outcome.replaced, "drift": drift}))
    else:
        for name in outcome.created:
            typer.echo(f"created   {name}")
        for name in outcome.replaced:
            typer.echo(f"replaced  {name}")
        if not (outcome.created or outcome.replaced or outcome.drift):
            typer.echo("up to date")
    for item in outcome.drift:
        typer.echo(f"jejak: {item}", err=True)
    if outcome.drift:
        raise typer.Exit(1)
