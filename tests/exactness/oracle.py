"""The read models once more, as a plain fold over a list of events: what the views are held against.

Written from the contract's section 3 alone, as naively as possible. It knows nothing of tables or batches: it sorts
the set of events by their total order and reads the rules off.
"""

import json
import re
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from schemas.catalogue import BY_NAME
from schemas.validation import validate
from tests.exactness.attribution import Touch, touch_of

Row = dict[str, Any]
EXTERNAL = {"web.page_view", "web.button_click", "web.form_submitted", "ctwa.click"}
MESSAGES = {"message.incoming", "message.outgoing", "agent.ai_response"}


def instant(ms: int) -> datetime:
    """Milliseconds since 1970 as clickhouse-connect answers them: UTC without saying so."""
    return datetime(1970, 1, 1) + timedelta(milliseconds=ms)


class Event:
    """One event as the fold sees it: its order, its time and its data with absent fields left out."""

    def __init__(self, raw: dict[str, Any], tie_break: int) -> None:
        event = validate(json.dumps(raw).encode())
        self.type: str = event.type.name
        self.internal = event.type.category == "internal"
        self.source, self.id = raw["source"], raw["id"]
        self.ms, self.sequence = event.instant_ms, event.sequence
        keep_empty = self.type == "contact.updated"
        self.data = {k: v for k, v in raw["data"].items() if keep_empty or v not in (None, "") or k == "to_status_id"}
        self.order = (self.ms << 192) + (self.sequence << 128) + tie_break

    def get(self, name: str) -> Any:
        return self.data.get(name)


class Oracle:
    """All read models of one workspace's events.

    The order's last part is a fixed hash of source and id, which the contract leaves open; it is given, so that no
    second implementation of it is needed.
    """

    def __init__(self, raws: list[dict[str, Any]], tie_breaks: dict[tuple[str, str], int]) -> None:
        events = (Event(raw, tie_breaks[raw["source"], raw["id"]]) for raw in raws)
        # The same id at the same time is the same event; at another time it is another one.
        unique = {event.order: event for event in events}
        self.events = [unique[order] for order in sorted(unique)]
        self._ties: dict[str, str] = {}
        self._merges: dict[str, str] = {}
        for event in self.events:
            if event.type == "contact.merged":
                self._merges[event.get("previous_id")] = event.get("contact_id")
            elif (
                event.type in EXTERNAL | {"contact.identified"} and event.get("visitor_id") and event.get("contact_id")
            ):
                self._ties[event.get("visitor_id")] = event.get("contact_id")
        self._statuses = self._fold_statuses()

    # -- identity ----------------------------------------------------------------------------------------------

    def root(self, contact: str) -> str:
        seen = [contact]
        while contact in self._merges:
            contact = self._merges[contact]
            if contact in seen:
                return min(seen[seen.index(contact) :], key=str.encode)
            seen.append(contact)
        return contact

    def contact(self, event: Event) -> str | None:
        own = event.get("contact_id") or self._ties.get(event.get("visitor_id") or "")
        return self.root(own) if own else None

    # -- pipeline ----------------------------------------------------------------------------------------------

    def _fold_statuses(self) -> dict[str, Row]:
        found: dict[str, Row] = defaultdict(lambda: {"defined": None, "deleted": False})
        for event in self.events:
            if event.type == "pipeline_status.defined":
                found[event.get("status_id")].update(defined=event.data, deleted=False)
            elif event.type == "pipeline_status.deleted":
                found[event.get("status_id")]["deleted"] = True
        return dict(found)

    def status_name(self, status: str | None) -> str | None:
        if not status:
            return None
        defined = self._statuses.get(status, {}).get("defined")
        return defined["name"] if defined else status

    def pipeline_statuses(self) -> list[Row]:
        return [
            {"status_id": status, **{k: item["defined"][k] for k in ("name", "color", "position")},
             "deleted": int(item["deleted"])}
            for status, item in self._statuses.items() if item["defined"]
        ]  # fmt: skip

    def pipeline_board(self) -> list[Row]:
        held: dict[str, list[Row]] = defaultdict(list)
        for row in self.conversations():
            if row["status_id"]:
                held[row["status_id"]].append(row)
        shown = {status for status, item in self._statuses.items() if item["defined"] and not item["deleted"]}
        board = []
        for status in shown | held.keys():
            defined = self._statuses.get(status, {}).get("defined") or {}
            board.append({
                "status_id": status, "name": self.status_name(status), "color": defined.get("color"),
                "position": defined.get("position"), "conversations": len(held[status]),
                "contacts": len({row["contact_id"] for row in held[status]}),
            })  # fmt: skip
        return board

    # -- conversations -----------------------------------------------------------------------------------------

    def conversations(self) -> list[Row]:
        by_id: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            if event.internal:
                by_id[event.get("conversation_id")].append(event)
        return [self._conversation(name, events) for name, events in by_id.items()]

    def _conversation(self, name: str, events: list[Event]) -> Row:
        row: Row = dict.fromkeys(
            ("channel", "inbox_id", "status_id", "status_name", "status_color", "status_position", "status_changed_at",
             "status_changed_by", "assignee_id", "last_message_at", "last_incoming_at")
        )  # fmt: skip
        row |= {"conversation_id": name, "status_deleted": 0}
        labels: dict[str, str | None] = {}
        for event in events:
            row["contact_id"] = self.contact(event)
            if event.type in MESSAGES | {"session.started"}:
                row["channel"] = event.get("channel") or row["channel"]
                row["inbox_id"] = event.get("inbox_id") or row["inbox_id"]
            if event.type in MESSAGES:
                row["last_message_at"] = instant(event.ms)
            if event.type == "message.incoming":
                row["last_incoming_at"] = instant(event.ms)
            if event.type == "agent.human_assigned":
                row["assignee_id"] = event.get("agent_id")
            if event.type == "label.added":
                labels[event.get("label_id")] = event.get("label_name") or event.get("label_id")
            if event.type == "label.removed":
                labels[event.get("label_id")] = None
            if event.type == "pipeline.changed":
                row |= self._status_of(event)
        row["labels"] = sorted((text for text in labels.values() if text), key=str.encode)
        return row

    def _status_of(self, event: Event) -> Row:
        status = event.get("to_status_id")
        known = self._statuses.get(status, {"defined": None, "deleted": False})
        defined = known["defined"] or {}
        return {
            "status_id": status,
            "status_name": self.status_name(status),
            "status_color": defined.get("color"),
            "status_position": defined.get("position"),
            "status_deleted": int(bool(status) and known["deleted"]),
            "status_changed_at": instant(event.ms),
            "status_changed_by": event.get("changed_by"),
        }

    def status_changes(self) -> list[Row]:
        rows: list[Row] = []
        held: dict[str, Row] = {}
        for event in self.events:
            if event.type != "pipeline.changed":
                continue
            before = held.get(event.get("conversation_id"))
            if before is not None:
                before["left_at"] = instant(event.ms)
            source, target = before["to_status_id"] if before else None, event.get("to_status_id")
            rows.append({
                "conversation_id": event.get("conversation_id"), "contact_id": self.contact(event),
                "from_status_id": source, "from_status_name": self.status_name(source),
                "to_status_id": target, "to_status_name": self.status_name(target),
                "changed_by": event.get("changed_by"), "entered_at": instant(event.ms), "left_at": None,
                "event_order": event.order, "event_order_text": f"{event.order:078d}",
            })  # fmt: skip
            held[event.get("conversation_id")] = rows[-1]
        return rows

    # -- contacts, sessions ------------------------------------------------------------------------------------

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

    # -- leads -------------------------------------------------------------------------------------------------

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

    # -- checks ------------------------------------------------------------------------------------------------

    def reused_ids(self) -> list[Row]:
        versions: dict[tuple[str, str], list[int]] = defaultdict(list)
        for event in self.events:
            versions[event.source, event.id].append(event.ms)
        return [
            {"event_source": source, "event_id": name, "versions": len(times), "first_at": instant(min(times)),
             "last_at": instant(max(times))}
            for (source, name), times in versions.items() if len(times) > 1
        ]  # fmt: skip

    # -- journey -----------------------------------------------------------------------------------------------

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


def _source(which: str, found: tuple[Event, Touch] | None) -> Row:
    """The columns that tell of a touch, NULL where there is none."""
    event, touch = found if found else (None, None)
    columns = {"source": "source", "source_platform": "platform", "source_id": "id", "source_medium": "medium",
               "source_campaign": "campaign", "source_content": "content"}  # fmt: skip
    row: Row = {f"{which}_{column}": getattr(touch, name, None) for column, name in columns.items()}
    return row | {f"{which}_source_at": instant(event.ms) if event else None}


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


def _is_response(event: Event) -> bool:
    return event.type == "agent.ai_response" or (
        event.type == "message.outgoing" and event.get("sender") in ("human", "ai")
    )
