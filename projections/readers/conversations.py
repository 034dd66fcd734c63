"""Conversations as they stand now (contract, section 3)."""

from datetime import datetime
from typing import TypedDict

from clickhouse_connect.driver.client import Client

from projections.readers.pages import Page, read_page
from projections.readers.pipeline import status_filter


class Conversation(TypedDict):
    """A row of the view `conversations`."""

    workspace_id: str
    conversation_id: str
    contact_id: str
    channel: str | None
    inbox_id: str | None
    status_id: str | None
    status_name: str | None
    status_color: str | None
    status_position: int | None
    status_deleted: int
    status_changed_at: datetime | None
    status_changed_by: str | None
    labels: list[str]
    assignee_id: str | None
    last_message_at: datetime | None
    last_incoming_at: datetime | None


CONVERSATION_COLUMNS = tuple(Conversation.__annotations__)


def conversations(
    client: Client,
    workspace: str,
    *,
    status: str | None = None,
    label: str | None = None,
    channel: str | None = None,
    limit: int,
) -> Page[Conversation]:
    """Conversations that pass some filters, the one with the newest message first.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose conversations.
        status: a pipeline status by id or name, `none` for those without one; None for any.
        label: a label's name; None for any.
        channel: a channel; None for any.
        limit: how many at most.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    wanted = {"workspace_id": workspace, "label": label, "channel": channel, **status_filter(status)}
    return read_page(client, "conversations_page", limit=limit, **wanted)
