"""`jejak keys add`: programs that may use the API."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from commands.terminal.errors import CommandError
from commands.terminal.lazy import plain_app
from commands.terminal.output import say
from commands.who.options import OfRole, OfWorkspaces, place_of
from schemas.settings import Settings

app = plain_app(no_args_is_help=True)

_FILE = "The keys' file; JEJAK_PAGES_API_KEYS by default."


@app.callback()
def _keys() -> None:
    """Keys of programs that use the API."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The program's name, which events carry as `changed_by`.")],
    role: OfRole,
    workspace: OfWorkspaces,
    file: Annotated[Path | None, typer.Option("--file", help=_FILE)] = None,
) -> None:
    """Make a key, or a new one in place of the old. It is shown once, on stdout; only its hash is kept."""
    from pages.who.files import Entry, WhoError, add_entry, hash_of_key  # noqa: PLC0415
    from pages.who.user import Role  # noqa: PLC0415

    place = place_of(file, Settings().pages_api_keys, "JEJAK_PAGES_API_KEYS")
    if not name.strip():
        raise CommandError("the name is empty")
    key = f"jejak_{secrets.token_urlsafe(32)}"
    try:
        was_there = add_entry(place, "keys", Entry(name, hash_of_key(key), Role.named(role.value), tuple(workspace)))
    except WhoError as error:
        raise CommandError(str(error)) from None
    say(f"{'changed' if was_there else 'added'}  {name} in {place}", err=True)
    typer.echo(key)
