"""Cursors: the place behind a row, as opaque text. A page goes on there, whatever was added or removed before it."""

import base64
import json

from pages.problems import invalid
from projections.readers.pages import Behind


def cursor_of(behind: Behind) -> str:
    """The cursor that leads behind a row."""
    return base64.urlsafe_b64encode(json.dumps([behind.ms, behind.id]).encode()).decode().rstrip("=")


def behind_of(cursor: str | None) -> Behind | None:
    """The row that a cursor leads behind; None for the beginning.

    Raises:
        ProblemError: 422, it is no cursor of ours.
    """
    if not cursor:
        return None
    try:
        ms, name = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except ValueError:
        raise _not_ours() from None
    if not isinstance(name, str) or not (ms is None or (isinstance(ms, int) and abs(ms) < 2**62)):
        raise _not_ours()
    return Behind(ms, name)


def order_cursor(order: int) -> str:
    """The cursor that leads behind an entry of a journey."""
    return cursor_of(Behind(None, str(order)))


def order_of(cursor: str | None) -> int | None:
    """The `event_order` that a journey's cursor leads behind; None for the beginning.

    Raises:
        ProblemError: 422, it is no cursor of ours.
    """
    behind = behind_of(cursor)
    if behind is None:
        return None
    if behind.ms is not None or not (behind.id.isascii() and behind.id.isdigit() and int(behind.id) < 2**256):
        raise _not_ours()
    return int(behind.id)


def _not_ours() -> Exception:
    return invalid("cursor", "not a cursor that an answer gave as `next`")
