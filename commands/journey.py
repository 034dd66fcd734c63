"""`jejak journey`: what happened with one customer, in order."""

from typing import Annotated, Any

import typer

from commands.errors import CommandError
from commands.output import local_time, print_json, print_table
from projections.clickhouse import connect
from projections.query import ask
from schemas.settings import Settings


def journey(
    workspace: Annotated[str, typer.Option(help="The workspace.")],
    contact: Annotated[str | None, typer.Option(help="A contact's id.")] = None,
    conversation: Annotated[str | None, typer.Option(help="A conversation's id.")] = None,
    visitor: Annotated[str | None, typer.Option(help="A website visitor's id.")] = None,
    limit: Annotated[int, typer.Option(help="How many entries at most.", min=1)] = 50,
    oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Show the page from its oldest entry.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show the latest entries of a contact's or a conversation's journey."""
    if sum(item is not None for item in (contact, conversation, visitor)) != 1:
        raise CommandError("name one of --contact, --conversation and --visitor")
    with connect(Settings()) as client:
        if visitor is not None:
            tied = ask(client, "visitor_contact", workspace_id=workspace, visitor_id=visitor)
            if not tied:
                raise CommandError(f"visitor {visitor!r} is not tied to a contact")
            contact = tied[0]["contact_id"]
        page: dict[str, Any] = {"workspace_id": workspace, "limit": limit}
        if conversation is not None:
            rows = ask(client, "conversation_journey_page", conversation_id=conversation, **page)
        else:
            rows = ask(client, "contact_journey_page", contact_id=contact, **page)
    if not rows:
        typer.echo(f"no entries for {contact or conversation!r} in workspace {workspace!r}", err=True)
    if oldest_first:
        rows.reverse()
    if as_json:
        print_json(rows)
        return
    print_table(
        ["when", "title", "who", "what"],
        ([local_time(row["occurred_at"]), row["title"], row["actor"], row["summary"]] for row in rows),
    )
