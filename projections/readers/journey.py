"""Journeys: what happened with a contact, or in a conversation, in order (contract, section 3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from clickhouse_connect.driver.client import Client

from projections.readers.errors import ReadError
from projections.readers.pages import Page, read_page

#: Orders are 256 bits, and no event has the first or the last of them.
LAST_ORDER = 2**256 - 1


class JourneyEntry(TypedDict):
    """A row of the view `journey`; `event_order` is its decimal text, because JSON's readers round large numbers."""

    workspace_id: str
    contact_id: str
    conversation_id: str | None
    session_id: str | None
    visitor_id: str | None
    occurred_at: datetime
    title: str
    category: str
    type: str
    actor: str
    summary: str
    event_id: str
    event_source: str
    event_order: str
    data: str
    event_order_text: str


JOURNEY_COLUMNS = tuple(JourneyEntry.__annotations__)


@dataclass(frozen=True)
class Span:
    """Which entries of a journey are wanted.

    Attributes:
        after: only entries after this `event_order`.
        before: only entries before this one.
        oldest_first: whether the page begins at the old end.
        limit: how many entries at most.
        titles: the titles that are wanted; empty for all.
        categories: likewise, of `internal` and `external`.
    """

    after: int = 0
    before: int = LAST_ORDER
    oldest_first: bool = False
    limit: int = 50
    titles: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def contact_journey(client: Client, workspace: str, contact: str, span: Span) -> Page[JourneyEntry]:
    """A page of a contact's journey.

    Arguments:
        client: a client of Jejak's database.
        workspace: the contact's workspace.
        contact: a resolved contact (`projections.readers.subject`).
        span: which entries.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return _read(client, "contact_journey_between", span, workspace_id=workspace, contact_id=contact)


def conversation_journey(client: Client, workspace: str, conversation: str, span: Span) -> Page[JourneyEntry]:
    """A page of a conversation's journey.

    Arguments and errors as for `contact_journey`, with the conversation's id.
    """
    return _read(client, "conversation_journey_between", span, workspace_id=workspace, conversation_id=conversation)


def _read(client: Client, query: str, span: Span, **subject: Any) -> Page[JourneyEntry]:
    ends = {"after": span.after, "before": span.before, "oldest_first": int(span.oldest_first)}
    wanted = {"titles": list(span.titles), "categories": list(span.categories)}
    return read_page(client, query, limit=span.limit, **subject, **ends, **wanted)


def order_of(name: str, text: str) -> int:
    """Read an `event_order` as people hand it back.

    Arguments:
        name: what the message calls it, such as `--before`.
        text: its decimal text.

    Raises:
        ReadError: it is not an order.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LAST_ORDER)) and int(text) <= LAST_ORDER):
        raise ReadError(f"{name} takes an event_order, as --json shows it, not {text!r}")
    return int(text)
