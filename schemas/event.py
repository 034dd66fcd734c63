"""An event: an accepted record, parsed."""

from collections.abc import Mapping
from typing import Any, Self

import msgspec

from schemas.catalogue import EventType


class Event(msgspec.Struct):
    """An accepted event. Extension attributes are accepted, and not kept (contract, section 1).

    Attributes:
        type: its line in the catalogue.
        workspace_id: `workspaceid`.
        source: `source`; with `id` and the workspace it identifies the event.
        id: `id`.
        data: `data` as it was parsed, unknown fields included.
        instant_ms: `time` in milliseconds since 1970.
        sequence: `sequence`, 0 where absent.
    """

    type: EventType
    workspace_id: str
    source: str
    id: str
    data: dict[str, Any]
    instant_ms: int
    sequence: int

    @classmethod
    def of(cls, event_type: EventType, attributes: Mapping[str, Any], instant_ms: int, sequence: int) -> Self:
        """The event with these parsed attributes, which were checked before."""
        identity = (attributes["workspaceid"], attributes["source"], attributes["id"])
        return cls(event_type, *identity, attributes["data"], instant_ms, sequence)
