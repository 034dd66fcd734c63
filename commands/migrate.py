"""`jejak migrate`: create or check the tables and views."""

import json
from typing import Annotated

import typer

from commands.output import say
from projections.migrate import migrate as run_migration
from schemas.settings import Settings


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Change nothing, only say what differs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Bring ClickHouse to this version's tables and views. Exit status 1 where one differs that it may not touch."""
    outcome = run_migration(Settings(), check_only=check)
    if as_json:
        drift = [str(item) for item in outcome.drift]
        typer.echo(json.dumps({"created": outcome.created, "replaced": outcome.replaced, "drift": drift}))
    else:
        for name in outcome.created:
            say(f"created   {name}")
        for name in outcome.replaced:
            say(f"replaced  {name}")
        if not (outcome.created or outcome.replaced or outcome.drift):
            typer.echo("up to date")
    for item in outcome.drift:
        say(f"jejak: {item}", err=True)
    if outcome.drift:
        raise typer.Exit(1)
