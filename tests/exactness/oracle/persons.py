"""Contacts and their sessions."""

from collections import defaultdict

from tests.exactness.oracle.conversations import Conversations
from tests.exactness.oracle.event import EXTERNAL, Event, Row, instant


class Persons(Conversations):
    """Contacts and sessions."""

    def contacts(self) -> list[Row]:
        found: dict[str, Row] = {}

        def row(contact: str) -> Row:
            empty = dict.fromkeys(("name", "phone", "email", "first_seen_at", "last_seen_at"))
            return found.setdefault(self.root(contact), {"contact_id": self.root(contact), "status_ids": [], **empty})

        for event in self.events:
            if event.type == "contact.merged":
                row(event.get("previous_id"))
            contact = self.contact(event)
            if contact is None:
                continue
            mine = row(contact)
            if event.type == "contact.updated":
                mine |= {k: event.data[k] or None for k in ("name", "phone", "email") if k in event.data}
            own_session = event.type == "session.started" and event.get("initiator") == "contact"
            if event.type in EXTERNAL | {"message.incoming"} or own_session:
                mine["first_seen_at"] = mine["first_seen_at"] or instant(event.ms)
                mine["last_seen_at"] = instant(event.ms)
        for item in self.conversations():
            if item["status_id"]:
                statuses = row(item["contact_id"])["status_ids"]
                statuses[:] = sorted({*statuses, item["status_id"]}, key=str.encode)
        return list(found.values())

    def sessions(self) -> list[Row]:
        started: dict[str, Event] = {}
        ended: dict[str, Event] = {}
        for event in self.events:
            if event.type == "session.started":
                started.setdefault(event.get("session_id"), event)
            elif event.type == "session.ended":
                ended.setdefault(event.get("session_id"), event)
        rows = []
        counts: dict[str | None, int] = defaultdict(int)
        for name, event in sorted(started.items(), key=lambda item: (item[1].ms, item[0].encode())):
            counts[self.contact(event)] += 1
            end = ended.get(name)
            rows.append({
                "session_id": name, "contact_id": self.contact(event), "conversation_id": event.get("conversation_id"),
                "number": counts[self.contact(event)], "initiator": event.get("initiator"),
                "channel": event.get("channel"), "started_at": instant(event.ms),
                "ended_at": instant(end.ms) if end else None, "end_reason": end.get("reason") if end else None,
            })  # fmt: skip
        return rows
