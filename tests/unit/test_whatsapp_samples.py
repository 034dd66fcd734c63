"""The sample webhooks: complete, believable, and good events all of them."""

import json
from collections import Counter

from producers.whatsapp import Event, Report, WhatsAppImport, read_bodies, sample_files
from schemas.validation import validate

KINDS = {
    "text", "image", "audio", "video", "document", "sticker", "location", "contacts", "button", "interactive",
    "reaction", "order", "unsupported",
}  # fmt: skip


def imported_samples() -> tuple[list[Event], Report]:
    run = WhatsAppImport("ws_kopi")
    events: list[Event] = []
    for path in sample_files():
        with path.open("rb") as stream:
            events += [event for body in read_bodies(stream, path.name) for event in run.events(body)]
    return events, run.report


def fields(event: Event) -> dict[str, object]:
    data = event["data"]
    assert isinstance(data, dict)
    return data


def test_the_samples_come_with_the_package_in_both_forms() -> None:
    names = [path.name for path in sample_files()]
    assert names == sorted(names)
    assert {path.suffix for path in sample_files()} == {".json", ".jsonl"}


def test_nothing_in_the_samples_is_broken() -> None:
    _, report = imported_samples()
    assert report.broken == []
    assert report.bodies == 62


def test_every_event_of_the_samples_is_accepted_by_the_stream() -> None:
    events, _ = imported_samples()
    for event in events:
        assert validate(json.dumps(event).encode()).type.name == event["type"]


def test_the_samples_cover_every_kind_of_message_and_of_event() -> None:
    events, report = imported_samples()
    assert {fields(event).get("message_type") for event in events if event["type"] == "message.incoming"} == KINDS
    assert report.events == {
        "contact.updated": 51,
        "message.incoming": 39,
        "message.outgoing": 11,
        "contact.merged": 11,
        "ctwa.click": 6,
    }
    assert {kind.split(".")[0] for kind in report.skipped} == {
        "fields", "messages", "statuses", "system", "user_actions"
    }  # fmt: skip


def test_the_samples_happen_in_october_and_november_2026() -> None:
    events, _ = imported_samples()
    assert {str(event["time"])[:7] for event in events} == {"2026-10", "2026-11"}


def test_the_samples_contain_a_webhook_delivered_twice() -> None:
    events, _ = imported_samples()
    times = Counter((event["source"], event["id"]) for event in events)
    assert set(times.values()) == {1, 2}
    by_id = {(event["source"], event["id"]): event for event in events}
    assert all(event == by_id[event["source"], event["id"]] for event in events)
