"""What the commands that read the models share: options, the three forms of an answer, and its end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import typer

from commands.terminal.errors import CommandError
from commands.terminal.output import print_csv, print_json, tell

Row = TypeVar("Row", bound=Mapping[str, Any])

MAX_LIMIT = 1_000_000

Workspace = Annotated[str, typer.Option(help="The workspace's id.")]
Limit = Annotated[int, typer.Option(help="How many rows at most.", min=1, max=MAX_LIMIT)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object per line; instants in UTC.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="A header and one record per line; instants in UTC.")]
Status = Annotated[str | None, typer.Option(help="A pipeline status, by id or name; `none` for those without one.")]


@dataclass(frozen=True)
class Form:
    """How an answer is wanted.

    Raises:
        CommandError: JSON and CSV are both asked for.
    """

    as_json: bool
    as_csv: bool

    def __post_init__(self) -> None:
        if self.as_json and self.as_csv:
            raise CommandError("--json and --csv exclude each other")

    def show(self, columns: Sequence[str], rows: Sequence[Row], table: Callable[[Sequence[Row]], None]) -> None:
        """Write an answer to stdout.

        Arguments:
            columns: all there are, in their order, for machines.
            rows: the answer.
            table: writes it for people.
        """
        if self.as_json:
            print_json({name: row[name] for name in columns} for row in rows)
        elif self.as_csv:
            print_csv(columns, rows)
        else:
            table(rows)


def check_text(**options: str | None) -> None:
    """Refuse what cannot be sent to ClickHouse. A shell hands bytes that are no UTF-8 on as lone surrogates.

    Raises:
        CommandError: an option's text is not UTF-8.
    """
    for name, text in options.items():
        try:
            (text or "").encode()
        except UnicodeEncodeError:
            raise CommandError(f"--{name} is not UTF-8: {text!r}") from None


def tell_more(has_more: bool, limit: int) -> None:
    """Say so where a list goes on behind what is shown."""
    if has_more:
        tell(f"there are more than these {limit}; narrow the question, or ask for more with --limit")
