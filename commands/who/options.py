"""What users and keys have in common on the command line."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands.terminal.errors import CommandError


class RoleName(StrEnum):
    """The roles (contract, section 7)."""

    VIEWER = "viewer"
    AGENT = "agent"
    ADMIN = "admin"


OfRole = Annotated[
    RoleName, typer.Option("--role", help="viewer reads, agent sets statuses, admin manages the pipeline.")
]
OfWorkspaces = Annotated[list[str], typer.Option("--workspace", help="A workspace, or * for all; may repeat.")]


def place_of(file: Path | None, setting: str | None, name: str) -> Path:
    """The file to write: the one that is named, else the setting's.

    Raises:
        CommandError: neither is given.
    """
    if file is not None:
        return file
    if not setting:
        raise CommandError(f"which file? Name it with --file, or set {name}")
    return Path(setting)
