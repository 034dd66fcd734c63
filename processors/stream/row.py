"""A row: an accepted event in the table `events`.

The ids that tables are sorted and joined by get columns of their own; everything else stays in `data`, rewritten
with sorted names, so that the same event is the same text however it was serialised.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from schemas.catalogue import CATALOGUE
from schemas.event import Event

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
#: How ClickHouse is given rows: an array of values a line. Names in each row would be read and written in vain.
FORMAT = "JSONCompactEachRow"

_ID_COLUMNS = ("contact_id", "visitor_id", "conversation_id", "session_id")
#: Type name → the fields of `data` for these columns. None, which no object has, stands where the type's model knows
#: no such field: an unknown field of the same name does not count.
_IDS_OF = {
    item.name: tuple(name if name in item.model.model_fields else None for name in _ID_COLUMNS) for item in CATALOGUE
}

MERGED = "contact.merged"

_encoder = msgspec.json.Encoder(order="sorted")


def row_of(event: Event) -> bytes:
    """The event's row as one line of `FORMAT`, without its line feed."""
    return _encoder.encode(_columns(event))


def lines_of(events: Iterable[Event]) -> bytes:
    """The rows of several events, each line with its line feed."""
    return _encoder.encode_lines([_columns(event) for event in events])


def _columns(event: Event) -> tuple[object, ...]:
    # occurred_at is in seconds, whose three decimals ClickHouse reads into DateTime64(3) exactly.
    data: Mapping[Any, object] = event.data
    contact, visitor, conversation, session = _IDS_OF[event.type.name]
    value = data.get
    return (
        event.workspace_id,
        event.source,
        event.id,
        event.type.name,
        event.instant_ms / 1000,
        event.sequence,
        value(contact) or "",
        value(visitor) or "",
        value(conversation) or "",
        value(session) or "",
        data,
    )


def merge_of(event: Event) -> tuple[str, str]:
    """The workspace of a `contact.merged`, and the contact in it that was merged away."""
    return event.workspace_id, event.data["previous_id"]
