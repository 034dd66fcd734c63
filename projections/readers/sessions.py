"""A contact's sessions (contract, section 3)."""

from datetime import datetime
from typing import TypedDict

from clickhouse_connect.driver.client import Client

from projections.readers.pages import Page, read_page


class Session(TypedDict):
    """A row of the lookup `contact_sessions`."""

    workspace_id: str
    session_id: str
    contact_id: str
    conversation_id: str
    number: int
    initiator: str
    channel: str | None
    started_at: datetime
    ended_at: datetime | None
    end_reason: str | None


def contact_sessions(
    client: Client, workspace: str, contact: str, *, behind: int | None = None, limit: int
) -> Page[Session]:
    """A contact's sessions, the newest first.

    Arguments:
        client: a client of Jejak's database.
        workspace: the contact's workspace.
        contact: a resolved contact.
        behind: the number of the last session of the page before.
        limit: how many at most.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    place = {"behind": int(behind is not None), "behind_number": behind or 0}
    return read_page(client, "contact_sessions_page", limit=limit, workspace_id=workspace, contact_id=contact, **place)
