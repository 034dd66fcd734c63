"""The Kafka key of an event: one person's events of a topic stay in order, as far as producers agree on it.

Contract, section 1: `workspaceid/` followed by the contact's id, else the visitor's, else the status's. Nothing in
Jejak depends on it.
"""

from schemas.event import Event


def key_of(event: Event) -> str:
    """The key under which an event is appended."""
    data = event.data
    owner = data.get("contact_id") or data.get("visitor_id") or data.get("status_id") or ""
    return f"{event.workspace_id}/{owner}"
