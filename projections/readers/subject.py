"""Whose journey is meant: contacts by an id that may have been merged, or by a visitor."""

from clickhouse_connect.driver.client import Client

from projections.query import ask
from projections.readers.errors import ReadError


def resolved_contact(client: Client, workspace: str, contact: str) -> str:
    """The contact that one resolves to; itself where it was never merged.

    Arguments:
        client: a client of Jejak's database.
        workspace: the contact's workspace.
        contact: any contact's id, known or not.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    found = ask(client, "contact_root", workspace_id=workspace, contact_id=contact)
    return str(found[0]["root_id"]) if found else contact


def contact_of_visitor(client: Client, workspace: str, visitor: str) -> str:
    """The contact that a visitor is tied to, merges not followed.

    Arguments:
        client: a client of Jejak's database.
        workspace: the visitor's workspace.
        visitor: its id.

    Raises:
        ReadError: it is not tied to a contact.
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    tied = ask(client, "visitor_contact", workspace_id=workspace, visitor_id=visitor)
    if not tied:
        raise ReadError(f"visitor {visitor!r} is not tied to a contact")
    return str(tied[0]["contact_id"])
