"""Conversations as they stand now: a list with filters, and one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pages.answers.now import Now, now
from pages.desk import Desk
from pages.overlay.patching import patched
from pages.overlay.pending import StatusNow
from pages.problems import not_found
from pages.times import milliseconds
from projections.readers.conversations import Conversation, board_cards
from projections.readers.conversations import conversations as read
from projections.readers.pages import Behind, Page
from projections.readers.subject import resolved_contact


@dataclass(frozen=True)
class Filters:
    """Which conversations are wanted; None for any.

    Attributes:
        status: a pipeline status by id or name, `none` for those without one.
        label: a label's name.
        channel: a channel.
        assignee: an agent's id.
        contact: a contact, merged or not.
        search: a part of the conversation's id, or of its contact's id, name, phone or e-mail.
    """

    status: str | None = None
    label: str | None = None
    channel: str | None = None
    assignee: str | None = None
    contact: str | None = None
    search: str | None = None


def conversations(
    desk: Desk, workspace: str, filters: Filters, *, behind: Behind | None = None, limit: int = 50
) -> Page[Conversation]:
    """A page of conversations, the one with the newest message first.

    Arguments:
        desk: the desk.
        workspace: whose.
        filters: which.
        behind: the last row of the page before.
        limit: how many at most.
    """
    with now(desk, workspace) as at:
        contact = resolved_contact(at.client, workspace, filters.contact) if filters.contact else None
        page = _read(at, filters, contact, behind, limit, status=at.known_as(filters.status), leave_out=at.moved)
        if not at.moved:
            return Page([patched(row, at.pending, _statuses(at)) for row in page.rows], page.has_more)
        others = _read(at, filters, contact, behind, len(at.moved), status=None, only=at.moved)
        found = [patched(row, at.pending, at.statuses) for row in (*page.rows, *others.rows)]
        rows = [row for row in found if filters.status is None or at.holds(row["status_id"], filters.status)]
        rows.sort(key=_newest_first)
        return Page(rows[:limit], page.has_more or len(rows) > limit)


def cards(desk: Desk, workspace: str, filters: Filters, *, limit: int) -> dict[str, Page[Conversation]]:
    """The first cards of each column of the board: status, '' for none → conversations, the newest message first.

    Arguments:
        desk: the desk.
        workspace: whose.
        filters: which; their status and contact do not count.
        limit: how many cards of a column at most.
    """
    with now(desk, workspace) as at:
        found = board_cards(
            at.client,
            workspace,
            label=filters.label,
            channel=filters.channel,
            assignee=filters.assignee,
            search=filters.search,
            leave_out=at.moved,
            limit=limit + 1,
        )
        if at.moved:
            found += _read(at, filters, None, None, len(at.moved), status=None, only=at.moved).rows
        columns: dict[str, list[Conversation]] = {}
        for row in found:
            now_held = patched(row, at.pending, _statuses(at))
            columns.setdefault(now_held["status_id"] or "", []).append(now_held)
        return {name: Page.of(sorted(rows, key=_newest_first), limit) for name, rows in columns.items()}


def conversation(desk: Desk, workspace: str, name: str) -> Conversation:
    """One conversation.

    Raises:
        ProblemError: 404, there is none of that id.
    """
    with now(desk, workspace) as at:
        page = read(at.client, workspace, only=[name], limit=1)
        if not page.rows:
            raise not_found(f"no conversation {name!r}")
        return patched(page.rows[0], at.pending, _statuses(at))


def behind_last(rows: Sequence[Conversation]) -> Behind:
    """The place behind the last row of a page."""
    at = rows[-1]["last_message_at"]
    return Behind(milliseconds(at) if at else None, rows[-1]["conversation_id"])


def _read(
    at: Now,
    filters: Filters,
    contact: str | None,
    behind: Behind | None,
    limit: int,
    *,
    status: str | None,
    only: Sequence[str] = (),
    leave_out: Sequence[str] = (),
) -> Page[Conversation]:
    return read(
        at.client,
        at.workspace,
        status=status,
        label=filters.label,
        channel=filters.channel,
        assignee=filters.assignee,
        contact=contact,
        search=filters.search,
        only=only,
        leave_out=leave_out,
        behind=behind,
        limit=limit,
    )


def _statuses(at: Now) -> dict[str, StatusNow]:
    """The statuses where anything is pending; they are another question."""
    return at.statuses if at.pending.moved or at.pending.definitions else {}


def _newest_first(row: Conversation) -> tuple[float, str]:
    at = row["last_message_at"]
    return (-milliseconds(at) if at else float("inf"), row["conversation_id"])
