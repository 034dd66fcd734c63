"""Conversations as they stand now (contract, section 3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, cast

from clickhouse_connect.driver.client import Client

from projections.query import ask
from projections.readers.pages import Behind, Page, behind_parameters, read_page
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
    assignee: str | None = None,
    contact: str | None = None,
    search: str | None = None,
    only: Sequence[str] = (),
    leave_out: Sequence[str] = (),
    behind: Behind | None = None,
    limit: int,
) -> Page[Conversation]:
    """Conversations that pass some filters, the one with the newest message first.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose conversations.
        status: a pipeline status by id or name, `none` for those without one; None for any.
        label: a label's name; None for any.
        channel: a channel; None for any.
        assignee: an agent's id; None for any.
        contact: a resolved contact; None for any.
        search: a part of the conversation's id, or of its contact's id, name, phone or e-mail; None for any.
        only: the ids to choose from; empty for all.
        leave_out: ids that are no answer.
        behind: the last row of the page before.
        limit: how many at most.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    wanted = {"label": label, "channel": channel, "assignee": assignee, "contact": contact, "search": search}
    if contact is not None and not only:
        only = _of_contact(client, workspace, contact)
        if not only:
            return Page([], False)
    return read_page(
        client,
        "conversations_page",
        limit=limit,
        workspace_id=workspace,
        only=list(only),
        leave_out=list(leave_out),
        **wanted,
        **status_filter(status),
        **behind_parameters(behind),
    )


def _of_contact(client: Client, workspace: str, contact: str) -> list[str]:
    """The conversations that may be a contact's, found by key; the view then says which of them are."""
    rows = ask(client, "conversations_of_contact", workspace_id=workspace, contact_id=contact)
    return [row["conversation_id"] for row in rows]


def board_cards(
    client: Client,
    workspace: str,
    *,
    label: str | None = None,
    channel: str | None = None,
    assignee: str | None = None,
    search: str | None = None,
    leave_out: Sequence[str] = (),
    limit: int,
) -> list[Conversation]:
    """Of each status, and of none, the conversations with the newest messages that pass the filters of `conversations`.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose conversations.
        label, channel, assignee, search: filters; None for any.
        leave_out: ids that are no answer.
        limit: how many of each status at most.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    wanted = {"label": label, "channel": channel, "assignee": assignee, "contact": None, "search": search}
    if not any(wanted.values()):
        ids = ask(client, "board_newest", workspace_id=workspace, leave_out=list(leave_out), limit=limit)
        only = [row["conversation_id"] for row in ids]
        return conversations(client, workspace, only=only, limit=len(only)).rows if only else []
    rows = ask(client, "board_cards", workspace_id=workspace, leave_out=list(leave_out), limit=limit, **wanted)
    return cast(list[Conversation], rows)


def statuses_of_contacts(client: Client, workspace: str, contacts: Sequence[str]) -> list[tuple[str, str, str]]:
    """Which statuses the conversations of some contacts hold: contact, conversation and status, '' for none.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose.
        contacts: resolved contacts.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    rows = ask(client, "conversation_holders", workspace_id=workspace, contact_ids=list(contacts))
    return [(row["contact_id"], row["conversation_id"], row["status_id"]) for row in rows]
