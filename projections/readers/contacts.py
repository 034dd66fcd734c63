"""Contacts, and the statuses that their conversations hold (contract, section 3)."""

from datetime import datetime
from typing import TypedDict

from clickhouse_connect.driver.client import Client

from projections.readers.pages import Page, read_page
from projections.readers.pipeline import status_filter


class Contact(TypedDict):
    """A row of the view `contacts`."""

    workspace_id: str
    contact_id: str
    name: str | None
    phone: str | None
    email: str | None
    status_ids: list[str]
    first_seen_at: datetime | None
    last_seen_at: datetime | None


CONTACT_COLUMNS = tuple(Contact.__annotations__)


def contacts(
    client: Client, workspace: str, *, status: str | None = None, search: str | None = None, limit: int
) -> Page[Contact]:
    """Contacts that pass some filters, the one that was seen last first.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose contacts.
        status: a pipeline status by id or name that any conversation of theirs holds, `none` for contacts without
            one; None for any.
        search: a part of the id, name, phone or e-mail, in any case; None for any.
        limit: how many at most.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return read_page(
        client, "contacts_page", limit=limit, workspace_id=workspace, search=search, **status_filter(status)
    )
