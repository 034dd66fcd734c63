"""`jejak topics`: create or check the topics."""

import asyncio
import json
from typing import Annotated

import typer

from commands.terminal.output import say
from processors.kafka.topics import ensure_topics
from schemas.settings import Settings


def topics(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Create the topics that are missing and check the others. Exit status 1 if one differs from the contract."""
    report = asyncio.run(ensure_topics(Settings()))
    if as_json:
        typer.echo(json.dumps(vars(report)))
    else:
        for name in report.created:
            say(f"created  {name}")
        for name in report.present:
            say(f"present  {name}")
    for line in report.differences:
        say(f"jejak: {line}", err=True)
    if report.differences:
        raise typer.Exit(1)
