"""Events of a small CRM, for tests of the pages: each function makes one, with a time of its own."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

_BEGIN = datetime(2026, 3, 1, 2, tzinfo=UTC)


class Crm:
    """Makes the events of one workspace, a minute apart unless a time is said."""

    def __init__(self, workspace: str) -> None:
        self.workspace = workspace
        self._numbers = itertools.count()

    def event(self, kind: str, data: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
        """Any event."""
        number = next(self._numbers)
        time = at or _BEGIN + timedelta(minutes=number)
        return {
            "specversion": "1.0",
            "id": f"{kind}-{number}",
            "source": "/crm",
            "type": kind,
            "time": time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "workspaceid": self.workspace,
            "data": data,
        }

    def status(self, name: str, position: int, color: str = "#22C55E", title: str | None = None) -> dict[str, Any]:
        """A pipeline status; its id is the name in lower case."""
        data = {"status_id": name.lower(), "name": title or name, "color": color, "position": position}
        return self.event("pipeline_status.defined", data)

    def contact(self, contact: str, **profile: str) -> dict[str, Any]:
        """A profile."""
        return self.event("contact.updated", {"contact_id": contact, **profile})

    def incoming(self, contact: str, text: str = "halo", at: datetime | None = None, **more: Any) -> dict[str, Any]:
        """A message of a customer, in the conversation `k-` and the contact."""
        data = {"contact_id": contact, "conversation_id": f"k-{contact}", "text": text, "channel": "whatsapp"}
        return self.event("message.incoming", data | {"message_id": f"m{next(self._numbers)}"} | more, at)

    def outgoing(self, contact: str, text: str = "ya", **more: Any) -> dict[str, Any]:
        """A message of a human agent."""
        data = {"contact_id": contact, "conversation_id": f"k-{contact}", "text": text, "sender": "human"}
        return self.event("message.outgoing", data | {"message_id": f"m{next(self._numbers)}"} | more)

    def moved(self, contact: str, status: str | None, by: str = "Sari") -> dict[str, Any]:
        """A conversation that changes its status."""
        data = {"contact_id": contact, "conversation_id": f"k-{contact}", "to_status_id": status, "changed_by": by}
        return self.event("pipeline.changed", data)

    def labelled(self, contact: str, label: str) -> dict[str, Any]:
        """A label on a conversation."""
        data = {"contact_id": contact, "conversation_id": f"k-{contact}", "label_id": label, "label_name": label}
        return self.event("label.added", data)

    def assigned(self, contact: str, agent: str) -> dict[str, Any]:
        """A conversation that an agent takes."""
        data = {"contact_id": contact, "conversation_id": f"k-{contact}", "agent_id": agent, "session_id": "s"}
        return self.event("agent.human_assigned", data)

    def session(self, contact: str, name: str) -> dict[str, Any]:
        """A session that the contact begins."""
        data = {"contact_id": contact, "conversation_id": f"k-{contact}", "session_id": name, "initiator": "contact"}
        return self.event("session.started", data)

    def merged(self, contact: str, previous: str) -> dict[str, Any]:
        """A contact that turned out to be another one."""
        return self.event("contact.merged", {"contact_id": contact, "previous_id": previous})

    def page_view(self, visitor: str, url: str, contact: str | None = None) -> dict[str, Any]:
        """A visit of a web page."""
        data: dict[str, Any] = {"visitor_id": visitor, "url": url, "title": "Kopi"}
        return self.event("web.page_view", data if contact is None else data | {"contact_id": contact})

    def identified(self, visitor: str, contact: str) -> dict[str, Any]:
        """A visitor who turned out to be a contact."""
        return self.event("contact.identified", {"visitor_id": visitor, "contact_id": contact})
