"""One event as the fold sees it."""

import json
from datetime import datetime, timedelta
from typing import Any

from schemas.validation import validate

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
