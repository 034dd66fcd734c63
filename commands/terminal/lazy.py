"""Groups of commands that import a command when it is run, because some need Kafka's client, Faust or a server."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from commands.terminal.interrupting import ending_at_once


@dataclass(frozen=True)
class Entry:
    """A command of a group.

    Attributes:
        place: where its function is, or the group's app, as `module:name`.
        summary: its line in the group's help. The command's own help is the function's docstring.
    """

    place: str
    summary: str


def plain_app(**options: Any) -> typer.Typer:
    """An app whose help is plain text and which installs nothing into the shell."""
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, **options)


def lazy_app(entries: Mapping[str, Entry], **options: Any) -> typer.Typer:
    """A group of commands. It needs a callback, whose docstring is its help.

    Arguments:
        entries: name → command, in the order of the help.
        options: passed on to Typer.
    """
    return plain_app(cls=type("Group", (_LazyGroup,), {"entries": entries}), no_args_is_help=True, **options)


class _LazyGroup(TyperGroup):
    """A group whose commands are imported one by one."""

    entries: ClassVar[Mapping[str, Entry]]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # By these names the group suggests a near one.
        self.commands = {name: TyperCommand(name, help=entry.summary) for name, entry in self.entries.items()}

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in the order of the help."""
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command; None where there is no such command."""
        entry = self.entries.get(cmd_name)
        return None if entry is None else _load(cmd_name, entry.place)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self.entries.items()])


def _load(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    with ending_at_once():
        found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        group = typer.main.get_command(found)
        group.name = name
        return group
    single = plain_app()
    single.command(name)(found)
    return typer.main.get_command(single)
