"""The customer journey: what is shown of an event, and whose journey it is in."""

import re

from schemas.catalogue import BY_NAME
from tests.exactness.oracle.event import Event, Row, instant
from tests.exactness.oracle.leads import Leads


class Journey(Leads):
    """The journey of everybody, and of one conversation."""

    def journey(self) -> list[Row]:
        rows = []
        for event in self.events:
            title = BY_NAME[event.type].title
            contact = self.contact(event)
            if title is None or contact is None:
                continue
            rows.append({
                "contact_id": contact, "conversation_id": event.get("conversation_id"),
                "session_id": event.get("session_id"), "visitor_id": event.get("visitor_id"),
                "occurred_at": instant(event.ms), "title": title, "category": BY_NAME[event.type].category,
                "type": event.type, "actor": _actor(event), "summary": self._summary(event), "event_id": event.id,
                "event_source": event.source, "event_order": event.order, "event_order_text": f"{event.order:078d}",
            })  # fmt: skip
        return rows

    def conversation_journey(self, conversation: str) -> list[Row]:
        contact = next((r["contact_id"] for r in self.conversations() if r["conversation_id"] == conversation), None)
        return [
            row
            for row in self.journey()
            if row["conversation_id"] == conversation
            or (row["category"] == "external" and row["conversation_id"] is None and row["contact_id"] == contact)
        ]

    def _summary(self, event: Event) -> str:
        return " ".join(re.split(r"[\n\v\f\r\x85\u2028\u2029]+", self._text(event)))

    def _text(self, event: Event) -> str:
        get = event.get
        match event.type:
            case "pipeline.changed":
                ends = (self.status_name(get("from_status_id")) or "–", self.status_name(get("to_status_id")) or "–")
                return " → ".join(ends)
            case "message.incoming" | "message.outgoing" | "agent.ai_response":
                return get("text") or (f"[{get('message_type')}]" if get("message_type") else "")
            case "label.added" | "label.removed":
                return get("label_name") or get("label_id")
            case "agent.human_assigned" | "agent.human_resolved":
                return get("agent_name") or get("agent_id")
            case "web.page_view":
                return get("title") or get("url")
            case "web.button_click":
                return get("element_text") or get("element_id")
            case "web.form_submitted":
                return get("form_name") or get("form_id")
            case "ctwa.click":
                referral = get("referral")
                return referral.get("headline") or referral.get("source_id") or referral.get("source_url")
            case "session.started":
                return get("channel") or ""
            case _:
                return get("reason") or ""


def _actor(event: Event) -> str:
    get = event.get
    match event.type:
        case "session.started":
            return get("initiator")
        case "session.ended":
            return "system"
        case "agent.human_assigned":
            return get("assigned_by") or "system"
        case "pipeline.changed" | "label.added" | "label.removed":
            return get("changed_by") or "system"
        case "message.outgoing" | "agent.ai_response" | "agent.human_resolved":
            return get("agent_name") or get("agent_id") or get("sender") or "ai"
        case _:
            return "contact"
