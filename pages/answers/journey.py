"""Journeys, with the changes of status that are not stored yet."""

from pages.answers.contacts import ElsewhereError
from pages.answers.now import Now, now
from pages.desk import Desk
from pages.overlay.patching import entry, retold
from pages.overlay.pending import Ordered
from pages.problems import not_found
from projections.readers.contacts import contacts
from projections.readers.conversations import conversations
from projections.readers.journey import JourneyEntry, Span, contact_journey, conversation_journey
from projections.readers.pages import Page
from projections.readers.subject import resolved_contact


def of_conversation(desk: Desk, workspace: str, conversation: str, span: Span) -> Page[JourneyEntry]:
    """A page of a conversation's journey.

    Raises:
        ProblemError: 404, there is no such conversation.
    """
    with now(desk, workspace) as at:
        page = conversation_journey(at.client, workspace, conversation, span)
        if page.rows and not at.pending.unstored:
            return _named(at, page)
        found = conversations(at.client, workspace, only=[conversation], limit=1).rows
        if not found:
            raise not_found(f"no conversation {conversation!r}")
        mine = [item for item in at.pending.unstored if item.change.conversation == conversation]
        return _with(at, page, [(found[0]["contact_id"], item) for item in mine], span)


def of_contact(desk: Desk, workspace: str, contact: str, span: Span) -> Page[JourneyEntry]:
    """A page of a contact's journey.

    Raises:
        ElsewhereError: it was merged into another one.
        ProblemError: 404, there is no such contact.
    """
    with now(desk, workspace) as at:
        resolved = resolved_contact(at.client, workspace, contact)
        if resolved != contact:
            raise ElsewhereError(resolved)
        page = contact_journey(at.client, workspace, resolved, span)
        if page.rows and not at.pending.unstored:
            return _named(at, page)
        if not page.rows and not contacts(at.client, workspace, only=[resolved], limit=1).rows:
            raise not_found(f"no contact {contact!r}")
        names = sorted({item.change.conversation for item in at.pending.unstored})
        whose = {
            row["conversation_id"]: row["contact_id"]
            for row in (conversations(at.client, workspace, only=names, limit=len(names)).rows if names else ())
        }
        mine = [item for item in at.pending.unstored if whose.get(item.change.conversation) == resolved]
        return _with(at, page, [(resolved, item) for item in mine], span)


def _with(at: Now, page: Page[JourneyEntry], items: list[tuple[str, Ordered]], span: Span) -> Page[JourneyEntry]:
    """A page with what is pending, where the span wants it."""
    known = {(row["event_source"], row["event_id"]) for row in page.rows}
    new = [entry(at.workspace, contact, item, at.statuses) for contact, item in items]
    wanted = [row for row in new if (row["event_source"], row["event_id"]) not in known and _is_in(row, span)]
    rows = sorted((*_named(at, page).rows, *wanted), key=_order, reverse=not span.oldest_first)
    if page.has_more and span.oldest_first:
        # What is pending is newer than all that is stored: it is on the last page.
        rows = [row for row in rows if _order(row) <= _order(page.rows[-1])]
    return Page(rows[: span.limit], page.has_more or len(rows) > span.limit)


def _named(at: Now, page: Page[JourneyEntry]) -> Page[JourneyEntry]:
    if not at.pending.definitions:
        return page
    return Page([retold(row, at.statuses) for row in page.rows], page.has_more)


def _is_in(row: JourneyEntry, span: Span) -> bool:
    return (
        span.after < _order(row) < span.before
        and (not span.titles or row["title"] in span.titles)
        and (not span.categories or row["category"] in span.categories)
    )


def _order(row: JourneyEntry) -> int:
    return int(row["event_order"])
