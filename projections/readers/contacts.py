"""Contacts, and the statuses that their conversations hold (contract, section 3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from clickhouse_connect.driver.client import Client

from projections.query import ask
from projections.readers.pages import Behind, Page, behind_parameters, read_page
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
    client: Client,
    workspace: str,
    *,
    status: str | None = None,
    search: str | None = None,
    only: Sequence[str] = (),
    leave_out: Sequence[str] = (),
    behind: Behind | None = None,
    limit: int,
) -> Page[Contact]:
    """Contacts that pass some filters, the one that was seen last first.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose contacts.
        status: a pipeline status by id or name that any conversation of theirs holds, `none` for contacts without
            one; None for any.
        search: a part of the id, name, phone or e-mail, in any case; None for any.
        only: the ids to choose from; empty for all.
        leave_out: ids that are no answer.
        behind: the last row of the page before.
        limit: how many at most.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return read_page(
        client,
        "contacts_page",
        limit=limit,
        workspace_id=workspace,
        search=search,
        only=list(only),
        leave_out=list(leave_out),
        **status_filter(status),
        **behind_parameters(behind),
    )


def merged_ids(client: Client, workspace: str, contact: str) -> list[str]:
    """The other ids of a resolved contact: all that were merged into it, sorted.

    Arguments:
        client: a client of Jejak's database.
        workspace: the contact's.
        contact: the resolved contact.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return sorted(row["member_id"] for row in ask(client, "merged_into", workspace_id=workspace, contact_ids=[contact]))


def visitor_ids(client: Client, workspace: str, members: Sequence[str]) -> list[str]:
    """The website visitors that are tied to some contacts, sorted.

    Arguments and errors as for `merged_ids`, with the contact and all that were merged into it.
    """
    return sorted(
        row["visitor_id"] for row in ask(client, "tied_visitors", workspace_id=workspace, contact_ids=list(members))
    )
