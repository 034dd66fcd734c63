"""`jejak users add`: who may log in to the pages."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.terminal.errors import CommandError
from commands.terminal.lazy import plain_app
from commands.terminal.output import say
from commands.who.options import OfRole, OfWorkspaces, place_of
from schemas.settings import Settings

app = plain_app(no_args_is_help=True)

_FEWEST = 8
_FILE = "The users' file; JEJAK_PAGES_USERS by default."


@app.callback()
def _users() -> None:
    """Who may log in to the pages."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The user's name, which events carry as `changed_by`.")],
    role: OfRole,
    workspace: OfWorkspaces,
    file: Annotated[Path | None, typer.Option("--file", help=_FILE)] = None,
) -> None:
    """Add a user, or change one. The password is asked for on a terminal, else it is the first line of stdin."""
    from pages.who.files import Entry, WhoError, add_entry  # noqa: PLC0415
    from pages.who.passwords import hashed  # noqa: PLC0415 - argon2 is needed here only
    from pages.who.user import Role  # noqa: PLC0415

    place = place_of(file, Settings().pages_users, "JEJAK_PAGES_USERS")
    if not name.strip():
        raise CommandError("the name is empty")
    password = _password()
    try:
        was_there = add_entry(place, "users", Entry(name, hashed(password), Role.named(role.value), tuple(workspace)))
    except WhoError as error:
        raise CommandError(str(error)) from None
    say(f"{'changed' if was_there else 'added'}  {name} in {place}")


def _password() -> str:
    if sys.stdin.isatty():
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < _FEWEST:
        raise CommandError(f"the password has fewer than {_FEWEST} characters")
    return password
