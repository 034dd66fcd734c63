"""Rows of the views with what is pending laid over them."""

import json
from collections.abc import Mapping
from typing import Any, cast

from pages.overlay.changes import MOVED
from pages.overlay.pending import Ordered, Pending, StatusNow
from pages.times import instant
from projections.readers.conversations import Conversation
from projections.readers.journey import JourneyEntry
from schemas.catalogue import BY_NAME

Statuses = Mapping[str, StatusNow]

_DIGITS = 78


def patched(row: Conversation, found: Pending, statuses: Statuses) -> Conversation:
    """A conversation with the status that it holds now, as it is called now."""
    item = found.moved.get(row["conversation_id"])
    status = row["status_id"] if item is None else item.change.data.get("to_status_id") or None
    renamed = {one.change.status for one in found.definitions}
    if item is None and status not in renamed:
        return row
    new: dict[str, Any] = {**row, "status_id": status, **_looks(status, statuses)}
    if item is not None:
        new |= {
            "status_changed_at": instant(item.change.ms),
            "status_changed_by": item.change.data.get("changed_by") or None,
        }
    return cast(Conversation, new)


def _looks(status: str | None, statuses: Statuses) -> dict[str, Any]:
    now = statuses.get(status or "")
    if now is None or not now.is_defined:
        deleted = int(now is not None and now.is_deleted)
        return {"status_name": status, "status_color": None, "status_position": None, "status_deleted": deleted}
    return {
        "status_name": now.name,
        "status_color": now.color,
        "status_position": now.position,
        "status_deleted": int(now.is_deleted),
    }


def named(status: str | None, statuses: Statuses) -> str:
    """What a status is called in a summary; `–` for none."""
    now = statuses.get(status or "")
    return now.name if now is not None and now.is_defined else status or "–"


def entry(workspace: str, contact: str, item: Ordered, statuses: Statuses) -> JourneyEntry:
    """The journey's entry of a change that is not stored yet (contract, section 3, `journey`)."""
    change, data = item.change, item.change.data
    kind = BY_NAME[MOVED]
    ends = (named(data.get("from_status_id"), statuses), named(data.get("to_status_id"), statuses))
    return JourneyEntry(
        workspace_id=workspace,
        contact_id=contact,
        conversation_id=change.conversation,
        session_id=data.get("session_id") or None,
        visitor_id=data.get("visitor_id") or None,
        occurred_at=instant(change.ms),
        title=kind.title or "",
        category=kind.category or "",
        type=MOVED,
        actor=data.get("changed_by") or "system",
        summary=" → ".join(ends),
        event_id=change.id,
        event_source=change.source,
        event_order=str(item.order),
        data=json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        event_order_text=f"{item.order:0{_DIGITS}d}",
    )


def retold(row: JourneyEntry, statuses: Statuses) -> JourneyEntry:
    """An entry of the views with statuses as they are called now."""
    if row["type"] != MOVED:
        return row
    data = json.loads(row["data"])
    ends = (named(data.get("from_status_id"), statuses), named(data.get("to_status_id"), statuses))
    return {**row, "summary": " → ".join(ends)}
