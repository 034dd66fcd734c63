"""`jejak journey`: what happened with one customer, in order."""

from collections.abc import Sequence
from typing import Annotated

import typer
from clickhouse_connect.driver.client import Client
from rich.text import Text

from commands.errors import CommandError
from commands.output import local_time, one_row, print_table, wide_console
from commands.reading import AsCsv, AsJson, Form, Limit, Row, Workspace, check_text, tell
from commands.subject import contact_of_phone, contact_of_visitor, root_of
from projections.clickhouse import connect
from projections.query import ask
from schemas.settings import Settings

COLUMNS = (
    "workspace_id", "contact_id", "conversation_id", "session_id", "visitor_id", "occurred_at", "title", "category",
    "type", "actor", "summary", "event_id", "event_source", "event_order", "data",
)  # fmt: skip
_COLORS = {"internal": "cyan", "external": "magenta"}
#: Columns of a terminal from which the category and the conversation have room beside the rest.
_WIDE = 140
#: Orders are 256 bits, and no event has the first or the last of them.
LAST_ORDER = 2**256 - 1


def journey(
    workspace: Workspace,
    contact: Annotated[str | None, typer.Option(help="A contact's id.")] = None,
    conversation: Annotated[str | None, typer.Option(help="A conversation's id.")] = None,
    phone: Annotated[str | None, typer.Option(help="A contact's phone number, with its country code.")] = None,
    visitor: Annotated[str | None, typer.Option(help="A website visitor's id.")] = None,
    oldest_first: Annotated[bool, typer.Option("--oldest-first/--newest-first", help="From which end.")] = False,
    limit: Limit = 50,
    before: Annotated[str | None, typer.Option(metavar="ORDER", help="Only entries before this event_order.")] = None,
    after: Annotated[str | None, typer.Option(metavar="ORDER", help="Only entries after this event_order.")] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show a contact's or a conversation's journey, page by page."""
    form = Form(as_json, as_csv)
    if sum(item is not None for item in (contact, conversation, phone, visitor)) != 1:
        raise CommandError("name one of --contact, --conversation, --phone and --visitor")
    check_text(workspace=workspace, contact=contact, conversation=conversation, phone=phone, visitor=visitor)
    page = {
        "workspace_id": workspace,
        "after": _order("--after", after, 0),
        "before": _order("--before", before, LAST_ORDER),
        "oldest_first": int(oldest_first),
        "limit": limit + 1,
    }
    with connect(Settings()) as client:
        if conversation is not None:
            rows = ask(client, "conversation_journey_between", conversation_id=conversation, **page)
        else:
            contact = _contact(client, workspace, contact, phone, visitor)
            rows = ask(client, "contact_journey_between", contact_id=contact, **page)
    if not rows:
        subject = f"contact {contact!r}" if conversation is None else f"conversation {conversation!r}"
        tell(f"no entries for {subject} in workspace {workspace!r}")
    form.show(COLUMNS, rows[:limit], lambda shown: print_journey(shown, of_contact=conversation is None))
    if len(rows) > limit:
        direction, option = ("newer", "after") if oldest_first else ("older", "before")
        tell(f"there are {direction} entries; the next page: --{option} {rows[limit - 1]['event_order']}")


def _order(option: str, text: str | None, otherwise: int) -> int:
    """An `event_order` as an option has it."""
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LAST_ORDER)) and int(text) <= LAST_ORDER):
        raise CommandError(f"{option} takes an event_order, as --json shows it, not {text!r}")
    return int(text)


def _contact(client: Client, workspace: str, contact: str | None, phone: str | None, visitor: str | None) -> str:
    """The resolved contact of whatever was named."""
    if phone is not None:
        return contact_of_phone(client, workspace, phone)
    if visitor is not None:
        contact = contact_of_visitor(client, workspace, visitor)
    return root_of(client, workspace, contact or "")


def print_journey(rows: Sequence[Row], *, of_contact: bool) -> None:
    """Show a page to a person. Most columns are the same all the way down a narrow terminal, and left out there."""
    console = wide_console()
    wide = console.is_terminal and console.width >= _WIDE
    columns = ["when", "title", *(["category"] if wide else []), *(["conversation"] if wide and of_contact else [])]
    print_table([*columns, "who", "what"], ([*_cells(row, columns), row["actor"], row["summary"]] for row in rows))


def _cells(row: Row, columns: Sequence[str]) -> list[Text | str]:
    style = _COLORS.get(row["category"], "")
    cells: dict[str, Text | str] = {
        "when": Text(local_time(row["occurred_at"]), style="dim"),
        "title": Text(row["title"], style=style),
        "category": Text(row["category"], style=style),
        "conversation": one_row(row["conversation_id"]),
    }
    return [cells[name] for name in columns]
