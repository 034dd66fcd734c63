"""The pipeline: what statuses are called, and which a conversation has held."""

from collections import defaultdict
from typing import Any

from tests.exactness.oracle.event import Row, instant
from tests.exactness.oracle.identity import Identity


class Pipeline(Identity):
    """Statuses and their changes."""

    def __init__(self, raws: list[dict[str, Any]], tie_breaks: dict[tuple[str, str], int]) -> None:
        super().__init__(raws, tie_breaks)
        self._statuses = self._fold_statuses()

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
