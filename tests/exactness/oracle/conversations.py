"""Conversations as they stand now, and the board that counts them."""

from collections import defaultdict

from tests.exactness.oracle.event import MESSAGES, Event, Row, instant
from tests.exactness.oracle.pipeline import Pipeline


class Conversations(Pipeline):
    """Conversations and the board."""

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
