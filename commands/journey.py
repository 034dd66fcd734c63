"""`jejak journey`: what happened with one customer, in order."""

from collections.abc import Sequence
from typing import Annotated

import typer
from clickhouse_connect.driver.client import Client
from rich.text import Text

from commands.terminal.answers import AsCsv, AsJson, Form, Limit, Workspace, check_text
from commands.terminal.errors import CommandError
from commands.terminal.output import local_time, one_row, print_table, tell, wide_console
from projections.clickhouse import connect
from projections.readers.journey import (
    JOURNEY_COLUMNS,
    LAST_ORDER,
    JourneyEntry,
    Span,
    contact_journey,
    conversation_journey,
    order_of,
)
from projections.readers.subject import contact_of_visitor, resolved_contact
from schemas.settings import Settings

_COLORS = {"internal": "cyan", "external": "magenta"}
#: Columns of a terminal from which the category and the conversation have room beside the rest.
_WIDE = 140


def journey(
    workspace: Workspace,
    contact: Annotated[str | None, typer.Option(help="A contact's id.")] = None,
    conversation: Annotated[str | None, typer.Option(help="A conversation's id.")] = None,
    phone: Annotated[str | None, typer.Option(help="A contact's phone number, with its country code.")] = None,
    visitor: Annotated[str | None, typer.Option(help="A website visitor's id.")] = None,
    oldest_first: Annotated[bool, typer.Option("--oldest-first/--newest-first", help="Which end to begin at.")] = False,
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
    span = Span(
        after=0 if after is None else order_of("--after", after),
        before=LAST_ORDER if before is None else order_of("--before", before),
        oldest_first=oldest_first,
        limit=limit,
    )
    with connect(Settings()) as client:
        if conversation is not None:
            page = conversation_journey(client, workspace, conversation, span)
        else:
            contact = _contact(client, workspace, contact, phone, visitor)
            page = contact_journey(client, workspace, contact, span)
    if not page.rows:
        subject = f"contact {contact!r}" if conversation is None else f"conversation {conversation!r}"
        tell(f"no entries for {subject} in workspace {workspace!r}")
    form.show(JOURNEY_COLUMNS, page.rows, lambda shown: print_journey(shown, of_contact=conversation is None))
    if page.has_more:
        direction, option = ("newer", "after") if oldest_first else ("older", "before")
        tell(f"there are {direction} entries; the next page: --{option} {page.rows[-1]['event_order']}")


def _contact(client: Client, workspace: str, contact: str | None, phone: str | None, visitor: str | None) -> str:
    """The resolved contact of whatever was named."""
    if phone is not None:
        return _contact_of_phone(client, workspace, phone)
    named = contact_of_visitor(client, workspace, visitor) if visitor is not None else contact or ""
    resolved = resolved_contact(client, workspace, named)
    if resolved != named:
        tell(f"contact {named!r} was merged into {resolved!r}, whose journey this is")
    return resolved


def _contact_of_phone(client: Client, workspace: str, phone: str) -> str:
    from projections.readers.phones import SeveralContactsError, contact_of_phone  # noqa: PLC0415 - slow to import

    try:
        return contact_of_phone(client, workspace, phone)
    except SeveralContactsError as error:
        raise CommandError(f"{error}; take --contact") from None


def print_journey(rows: Sequence[JourneyEntry], *, of_contact: bool) -> None:
    """Show a page to a person. Most columns are the same all the way down a narrow terminal, and left out there."""
    console = wide_console()
    wide = console.is_terminal and console.width >= _WIDE
    columns = ["when", "title", *(["category"] if wide else []), *(["conversation"] if wide and of_contact else [])]
    print_table([*columns, "who", "what"], ([*_cells(row, columns), row["actor"], row["summary"]] for row in rows))


def _cells(row: JourneyEntry, columns: Sequence[str]) -> list[Text | str]:
    style = _COLORS.get(row["category"], "")
    cells: dict[str, Text | str] = {
        "when": Text(local_time(row["occurred_at"]), style="dim"),
        "title": Text(row["title"], style=style),
        "category": Text(row["category"], style=style),
        "conversation": one_row(row["conversation_id"]),
    }
    return [cells[name] for name in columns]
