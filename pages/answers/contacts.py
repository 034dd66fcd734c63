"""Contacts: a list with filters, one of them with everybody it turned out to be, and its sessions."""

from collections.abc import Iterable, Sequence

from pages.answers.now import Now, now
from pages.desk import Desk
from pages.problems import not_found
from pages.times import milliseconds
from projections.readers.contacts import Contact, merged_ids, visitor_ids
from projections.readers.contacts import contacts as read
from projections.readers.conversations import conversations, statuses_of_contacts
from projections.readers.pages import Behind, Page
from projections.readers.pipeline import WITHOUT_STATUS
from projections.readers.sessions import Session, contact_sessions
from projections.readers.subject import resolved_contact


class ElsewhereError(Exception):
    """A contact that was merged into another one.

    Attributes:
        contact: the one that it resolves to.
    """

    def __init__(self, contact: str) -> None:
        super().__init__(contact)
        self.contact = contact


class Person(Contact):
    """A contact with everybody it turned out to be."""

    merged_ids: list[str]
    visitor_ids: list[str]


def contacts(
    desk: Desk,
    workspace: str,
    *,
    status: str | None = None,
    search: str | None = None,
    behind: Behind | None = None,
    limit: int = 50,
) -> Page[Contact]:
    """A page of contacts, the one that was seen last first.

    Arguments:
        desk: the desk.
        workspace: whose.
        status: a pipeline status by id or name that any conversation of theirs holds, `none` for contacts without one.
        search: a part of the id, name, phone or e-mail.
        behind: the last row of the page before.
        limit: how many at most.
    """
    with now(desk, workspace) as at:
        wanted = at.known_as(status)
        touched = _touched(at)
        page = read(at.client, workspace, status=wanted, search=search, leave_out=touched, behind=behind, limit=limit)
        if not touched:
            return page
        others = read(at.client, workspace, search=search, only=touched, behind=behind, limit=len(touched))
        found = [*page.rows, *_patched(at, others.rows)]
        rows = [row for row in found if status is None or _has(at, row["status_ids"], status)]
        rows.sort(key=_seen_last_first)
        return Page(rows[:limit], page.has_more or len(rows) > limit)


def person(desk: Desk, workspace: str, contact: str) -> Person:
    """One contact.

    Raises:
        ElsewhereError: it was merged into another one.
        ProblemError: 404, there is none of that id.
    """
    with now(desk, workspace) as at:
        _same(at, contact)
        page = read(at.client, workspace, only=[contact], limit=1)
        if not page.rows:
            raise not_found(f"no contact {contact!r}")
        (row,) = _patched(at, page.rows) if at.moved else page.rows
        merged = merged_ids(at.client, workspace, contact)
        visitors = visitor_ids(at.client, workspace, [contact, *merged])
        return Person(**row, merged_ids=merged, visitor_ids=visitors)


def people(desk: Desk, workspace: str, names: Iterable[str]) -> dict[str, Contact]:
    """Contacts by id, for lists that name them. Those that are not known are left out.

    Arguments:
        desk: the desk.
        workspace: whose.
        names: resolved contacts.
    """
    wanted = sorted(set(names))
    if not wanted:
        return {}
    with desk.clickhouse.asked() as client:
        rows = read(client, workspace, only=wanted, limit=len(wanted)).rows
        return {row["contact_id"]: row for row in rows}


def session_of(desk: Desk, workspace: str, contact: str, conversation: str) -> Session | None:
    """The newest session of a conversation, among the last fifty of its contact."""
    with desk.clickhouse.asked() as client:
        rows = contact_sessions(client, workspace, contact, limit=50).rows
        return next((row for row in rows if row["conversation_id"] == conversation), None)


def sessions(desk: Desk, workspace: str, contact: str, *, behind: int | None = None, limit: int = 50) -> Page[Session]:
    """A contact's sessions, the newest first.

    Raises:
        ElsewhereError: it was merged into another one.
        ProblemError: 404, there is none of that id.
    """
    with now(desk, workspace) as at:
        _same(at, contact)
        page = contact_sessions(at.client, workspace, contact, behind=behind, limit=limit)
        if not page.rows and not read(at.client, workspace, only=[contact], limit=1).rows:
            raise not_found(f"no contact {contact!r}")
        return page


def behind_last(rows: Sequence[Contact]) -> Behind:
    """The place behind the last row of a page."""
    at = rows[-1]["last_seen_at"]
    return Behind(milliseconds(at) if at else None, rows[-1]["contact_id"])


def _same(at: Now, contact: str) -> None:
    resolved = resolved_contact(at.client, at.workspace, contact)
    if resolved != contact:
        raise ElsewhereError(resolved)


def _touched(at: Now) -> list[str]:
    """The contacts whose statuses are others than the views say."""
    if not at.moved:
        return []
    rows = conversations(at.client, at.workspace, only=at.moved, limit=len(at.moved)).rows
    return sorted({row["contact_id"] for row in rows})


def _patched(at: Now, rows: Sequence[Contact]) -> list[Contact]:
    """Contacts with the statuses that their conversations hold now."""
    held: dict[str, set[str]] = {row["contact_id"]: set() for row in rows}
    for contact, conversation, status in statuses_of_contacts(at.client, at.workspace, list(held)):
        item = at.pending.moved.get(conversation)
        now_held = item.change.data.get("to_status_id") if item else status
        if now_held:
            held[contact].add(now_held)
    return [{**row, "status_ids": sorted(held[row["contact_id"]])} for row in rows]


def _has(at: Now, held: Sequence[str], wanted: str) -> bool:
    return not held if wanted == WITHOUT_STATUS else any(at.holds(name, wanted) for name in held)


def _seen_last_first(row: Contact) -> tuple[float, str]:
    at = row["last_seen_at"]
    return (-milliseconds(at) if at else float("inf"), row["contact_id"])
