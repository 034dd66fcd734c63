"""`jejak schemas`: the contract for machines."""

from pathlib import Path
from typing import Annotated

import typer

from commands.terminal.output import say
from schemas.export import as_text, documents, write_documents
from schemas.settings import Settings


def schemas(
    out: Annotated[Path | None, typer.Option(help="The directory to write to; stdout if absent.")] = None,
) -> None:
    """Write a JSON Schema 2020-12 for every event type, and one AsyncAPI 3 document."""
    if out is None:
        typer.echo(as_text(documents(Settings())), nl=False)
        return
    for path in write_documents(out, Settings()):
        say(path)
