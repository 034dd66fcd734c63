"""Leads: who has written, what brought them, and when they were answered."""

from collections import defaultdict

from tests.exactness.attribution import Touch, touch_of
from tests.exactness.oracle.event import Event, Row, instant
from tests.exactness.oracle.persons import Persons


class Leads(Persons):
    """Leads."""

    def leads(self) -> list[Row]:
        by_contact: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            if contact := self.contact(event):
                by_contact[contact].append(event)
        profiles = {row["contact_id"]: row for row in self.contacts()}
        return [
            self._lead(contact, events, profiles[contact])
            for contact, events in by_contact.items()
            if any(event.type == "message.incoming" for event in events)
        ]

    def _lead(self, contact: str, events: list[Event], profile: Row) -> Row:
        message = min(event.ms for event in events if event.type == "message.incoming")
        sessions = [e.ms for e in events if e.type == "session.started" and e.get("initiator") == "contact"]
        answers = [event.ms for event in events if _is_response(event) and event.ms >= message]
        touches = [(event, touch) for event in events if (touch := touch_of(event.type, event.data))]
        first, last = (touches[0], touches[-1]) if touches else (None, None)
        if first and last and (first[1].platform, first[1].id) == (last[1].platform, last[1].id):
            last = None
        return {
            "contact_id": contact, "date": instant(min([message, *sessions])), "customer_name": profile["name"],
            "phone_number": profile["phone"], "email": profile["email"],
            "origin": "ads" if touches and touches[0][0].ms <= message else "organic",
            "first_touched_at": instant(min(answers)) if answers else None,
            **_source("first", first), **_source("last", last),
        }  # fmt: skip


def _source(which: str, found: tuple[Event, Touch] | None) -> Row:
    """The columns that tell of a touch, NULL where there is none."""
    event, touch = found if found else (None, None)
    columns = {"source": "source", "source_platform": "platform", "source_id": "id", "source_medium": "medium",
               "source_campaign": "campaign", "source_content": "content"}  # fmt: skip
    row: Row = {f"{which}_{column}": getattr(touch, name, None) for column, name in columns.items()}
    return row | {f"{which}_source_at": instant(event.ms) if event else None}


def _is_response(event: Event) -> bool:
    return event.type == "agent.ai_response" or (
        event.type == "message.outgoing" and event.get("sender") in ("human", "ai")
    )
