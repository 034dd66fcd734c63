"""A row: what becomes of an accepted event in the table `events`.

The ids that tables are sorted and joined by get columns of their own; everything else stays in `data`, written anew
with sorted names, so that the same event is the same text however it was serialised.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from schemas.catalogue import CATALOGUE
from schemas.validation import Event

#: The columns, as `projections/sql/events.sql` names them.
COLUMNS = (
    "workspace_id",
    "event_source",
    "event_id",
    "type",
    "occurred_at",
    "sequence",
    "contact_id",
    "visitor_id",
    "conversation_id",
    "session_id",
    "data",
)
_ID_COLUMNS = ("contact_id", "visitor_id", "conversation_id", "session_id")
#: Type name → those of them that its model knows. An unknown field of the same name is none.
_IDS_OF = {item.name: [name for name in _ID_COLUMNS if name in item.model.model_fields] for item in CATALOGUE}

MERGED = "contact.merged"

_encoder = msgspec.json.Encoder(order="sorted")


def row_of(event: Event) -> bytes:
    """The event's row as one line of ClickHouse's format JSONEachRow, without its line feed."""
    return _encoder.encode(_columns(event))


def lines_of(events: Iterable[Event]) -> bytes:
    """The rows of several events, each line with its line feed."""
    return _encoder.encode_lines([_columns(event) for event in events])


def _columns(event: Event) -> dict[str, Any]:
    # occurred_at is in seconds, whose three decimals ClickHouse reads into DateTime64(3) exactly.
    attributes = event.attributes
    data: dict[str, Any] = attributes["data"]
    row = {
        "workspace_id": attributes["workspaceid"],
        "event_source": attributes["source"],
        "event_id": attributes["id"],
        "type": event.type.name,
        "occurred_at": event.instant_ms / 1000,
        "sequence": event.sequence,
        "data": data,
    }
    for name in _IDS_OF[event.type.name]:
        if value := data.get(name):
            row[name] = value
    return row


def merge_of(event: Event) -> tuple[str, str]:
    """The workspace of a `contact.merged`, and the contact in it that was merged away."""
    return event.attributes["workspaceid"], event.attributes["data"]["previous_id"]
