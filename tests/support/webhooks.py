"""Webhook bodies for the WhatsApp tests: as Meta shapes them, with only what a test speaks of."""

import io
import json
from typing import Any

from commands.demo_webhooks import sample_bodies
from producers.whatsapp import Body, Event, Report, WhatsAppImport, read_bodies

INBOX = "738112904415027"
WAMID = "wamid.HBgNNjI4MTM5NDQyMDExNxUCABIYFDNBQjRGRkVEQUMxRUU1QUU2QUU3AA=="
NUMBER = "6281394420117"
USER_ID = "ID.7741093628115504"
SECONDS = "1795291200"
TIME = "2026-11-21T20:00:00.000Z"

Json = dict[str, Any]


def message(content_type: str = "text", content: Any = None, **fields: Any) -> Json:
    """A message, by default a text; a field given as None is left out."""
    body = {"body": "Halo"} if content is None and content_type == "text" else content
    whole = {"from": NUMBER, "id": WAMID, "timestamp": SECONDS, "type": content_type, content_type: body, **fields}
    return {name: value for name, value in whole.items() if value is not None}


def contact(wa_id: str | None = NUMBER, name: str | None = "Rina", user_id: str | None = None, **fields: Any) -> Json:
    whole = {"profile": {"name": name} if name else None, "wa_id": wa_id, "user_id": user_id, **fields}
    return {field: value for field, value in whole.items() if value is not None}


def value(**fields: Any) -> Json:
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "622220545110", "phone_number_id": INBOX},
        **fields,
    }


def body(*changes: Json, field: str = "messages") -> Json:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "611290448817305", "changes": [{"field": field, "value": change} for change in changes]}],
    }


def received(*messages: Json, contacts: list[Json] | None = None) -> Json:
    return body(value(contacts=[contact()] if contacts is None else contacts, messages=list(messages)))


def echoed(echo: Json, **fields: Any) -> Json:
    return body(value(message_echoes=[echo], **fields), field="smb_message_echoes")


def imported(*bodies: Any) -> tuple[list[Event], Report]:
    """The events of bodies, in one run, and its report."""
    run = WhatsAppImport("ws_kopi")
    numbered = [Body("webhooks.jsonl", number, whole) for number, whole in enumerate(bodies, start=1)]
    return [event for whole in numbered for event in run.events(whole)], run.report


def imported_text(text: str | bytes) -> tuple[list[Event], Report]:
    """The same, of a file's content."""
    run = WhatsAppImport("ws_kopi")
    stream = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    return [event for whole in read_bodies(stream, "webhooks.jsonl") for event in run.events(whole)], run.report


def types(events: list[Event]) -> list[object]:
    return [event["type"] for event in events]


def data(event: Event) -> Json:
    fields = event["data"]
    assert isinstance(fields, dict)
    return fields


def reasons(report: Report) -> list[str]:
    return [broken.reason for broken in report.broken]


def sample_events(workspace: str) -> list[Event]:
    """The events of the sample webhooks, each body being a run of its own, as the front door reads them."""
    bodies = [Body("webhook", 1, json.loads(body)) for body in sample_bodies()]
    return [event for body in bodies for event in WhatsAppImport(workspace).events(body)]
