"""`jejak sources`: who may send events to the front door."""

from pathlib import Path
from typing import Annotated

import typer

from commands.terminal.errors import CommandError
from commands.terminal.lazy import plain_app
from commands.terminal.output import say
from producers.http.origins import checked_origin
from producers.http.sources.keys import hashed, new_public_key, new_secret
from producers.http.sources.model import ALL_TYPES, SourcesError
from producers.http.sources.writing import Value, add_source
from schemas.settings import Settings

app = plain_app(no_args_is_help=True)
add = plain_app(no_args_is_help=True)
app.add_typer(add, name="add", help="Add a source to the sources file.")

Workspace = Annotated[str, typer.Option(help="The workspace that the events are of.")]
SourcesPath = Annotated[
    Path | None, typer.Option("--file", help="The sources file; JEJAK_COLLECT_SOURCES where it is not given.")
]


@app.callback()
def _group() -> None:
    """Who may send events to the front door."""


@add.command()
def page(
    workspace: Workspace,
    origin: Annotated[list[str], typer.Option(help="An origin of the pages, as https://shop.example; repeatable.")],
    key: Annotated[str | None, typer.Option(help="The public key; a new one where it is not given.")] = None,
    identity: Annotated[bool, typer.Option(help="Make a secret that signs tokens for data-identity.")] = False,
    file: SourcesPath = None,
) -> None:
    """Add the public key of a web page, and print the element that the page needs."""
    key = key or new_public_key()
    secret = new_secret() if identity else None
    try:
        origins = [checked_origin(item) for item in origin]
    except ValueError as error:
        raise CommandError(f"--origin: {error}") from None
    _add(file, "page", {"workspace": workspace, "key": key, "origins": list(origins), "identity_secret": secret})
    say(f'<script async src="https://your-front-door/jejak.js" data-key="{key}"></script>')
    if secret:
        say(f"identity secret, for the shop's backend: {secret}")


@add.command()
def service(
    workspace: Workspace,
    name: Annotated[str, typer.Option(help="What the service is called.")],
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="An event type that it may send; repeatable; all if absent.")
    ] = None,
    file: SourcesPath = None,
) -> None:
    """Add a secret key for a service, and print it. It is shown this once; the file keeps its hash."""
    secret = new_secret()
    types = type_ or [ALL_TYPES]
    _add(file, "service", {"workspace": workspace, "name": name, "key_sha256": hashed(secret), "types": types})
    say(f"Authorization: Bearer {secret}")


@add.command()
def whatsapp(
    workspace: Workspace,
    app_secret: Annotated[
        str,
        typer.Option(
            envvar="JEJAK_WHATSAPP_APP_SECRET", prompt=True, hide_input=True, help="The app secret in Meta's console."
        ),
    ],
    file: SourcesPath = None,
) -> None:
    """Add a WhatsApp app, and print what Meta's console asks for."""
    token = new_secret()
    values: dict[str, Value | None] = {"workspace": workspace, "app_secret": app_secret}
    _add(file, "whatsapp", values | {"verify_token_sha256": hashed(token)})
    say(f"callback URL: https://your-front-door/whatsapp/{workspace}")
    say(f"verify token: {token}")


def _add(file: Path | None, kind: str, values: dict[str, Value | None]) -> None:
    configured = Settings().collect_sources
    path = file or (Path(configured) if configured else None)
    if path is None:
        raise CommandError("no sources file: give --file, or set JEJAK_COLLECT_SOURCES")
    try:
        add_source(path, kind, values)
    except SourcesError as error:
        raise CommandError(f"{path}: {error}") from None
