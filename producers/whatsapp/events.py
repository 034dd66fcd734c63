"""The CloudEvents envelope of what is imported, and the contract's limits.

This is the last gate: an event that the stream would reject is never handed out, it is reported instead, with the
field that is at fault.
"""

import json
from dataclasses import dataclass

from producers.whatsapp.fields import UnusableError
from schemas.constants import EARLIEST_MS, LATEST_MS, MAX_ID_LENGTH, MAX_SOURCE_LENGTH, MAX_VALUE_BYTES
from schemas.instant import iso

Event = dict[str, object]

_IDS = ("contact_id", "previous_id", "conversation_id", "message_id", "inbox_id")


@dataclass(frozen=True, slots=True)
class Inbox:
    """A business phone number of a workspace: where events come from.

    Attributes:
        workspace: the tenant.
        phone_number_id: Meta's id of the business phone number.
    """

    workspace: str
    phone_number_id: str

    def conversation_id(self, key: str) -> str:
        """The conversation with a WhatsApp user (contract, section 5)."""
        return f"wa:{self.phone_number_id}:{key}"

    def group_conversation_id(self, group_id: str) -> str:
        """The conversation of a WhatsApp group (contract, section 5)."""
        return f"wa:{self.phone_number_id}:group:{group_id}"

    def event(self, event_type: str, event_id: str, at_ms: int, data: dict[str, object]) -> Event:
        """Put an event together.

        Arguments:
            event_type: a type of the catalogue.
            event_id: the wamid, with a suffix where the event is derived from the message.
            at_ms: when it happened, in milliseconds since 1970.
            data: the type's fields; those that are None are left out.

        Raises:
            UnusableError: the event would break a limit of the contract.
        """
        data = {name: value for name, value in data.items() if value is not None}
        source = f"/whatsapp/{self.phone_number_id}"
        for name in _IDS:
            _check_length(event_type, f"data.{name}", data.get(name), MAX_ID_LENGTH)
        _check_length(event_type, "id", event_id, MAX_SOURCE_LENGTH)
        _check_length(event_type, "source", source, MAX_SOURCE_LENGTH)
        if not EARLIEST_MS <= at_ms <= LATEST_MS:
            raise UnusableError(f"timestamp gives {event_type} a time before 2000 or after 2299")
        event: Event = {
            "specversion": "1.0",
            "id": event_id,
            "source": source,
            "type": event_type,
            "time": iso(at_ms),
            "workspaceid": self.workspace,
            "data": data,
        }
        if len(json.dumps(event)) > MAX_VALUE_BYTES:
            raise UnusableError(f"{event_type} has more than {MAX_VALUE_BYTES} bytes")
        return event


def _check_length(event_type: str, name: str, value: object, limit: int) -> None:
    if isinstance(value, str) and len(value) > limit:
        raise UnusableError(f"{event_type}: {name} is longer than {limit} characters")
