"""The same event, however it comes, is one entry; different events have one order (contract, section 1)."""

import json
from typing import Any

from schemas.instant import milliseconds
from tests.support.events import event, new_workspace, record
from tests.support.kafka import RawRecord
from tests.support.space import Space

MESSAGE = {"contact_id": "ct_1", "conversation_id": "cv_1", "message_id": "m_1", "text": "Halo"}
LOW_64, LOW_128 = 2**64 - 1, 2**128 - 1


def entries(space: Space, workspace: str) -> list[dict[str, Any]]:
    """The workspace's journey in the order of events."""
    return space.query("SELECT * FROM journey WHERE workspace_id = {w:String} ORDER BY event_order", w=workspace)


def test_one_event_in_many_spellings_is_one_entry(pipeline: Space) -> None:
    workspace = new_workspace()
    sent = event("message.incoming", workspace, MESSAGE, sequence=7, time="2025-03-14T12:00:00.123Z")
    spellings = [
        json.dumps(sent),
        json.dumps(dict(reversed(sent.items()))),
        json.dumps(sent | {"data": dict(reversed(MESSAGE.items()))}, indent=3),
        json.dumps(sent | {"time": "2025-03-14T19:00:00.123+07:00"}),
        json.dumps(sent | {"time": "2025-03-14T12:00:00.123999Z"}),
        json.dumps(sent | {"sequence": "7"}),
        json.dumps(sent | {"sequence": "007"}),
        json.dumps(sent).replace("Halo", "\\u0048alo"),
    ]
    for _ in range(2):  # a second block as well as the same one
        pipeline.append(
            RawRecord("messages", text.encode(), key=b"k", partition=number % 4)
            for number, text in enumerate(spellings)
        )
        pipeline.until_committed()
    (entry,) = entries(pipeline, workspace)
    assert json.loads(entry["data"]) == MESSAGE
    assert pipeline.stored(where="workspace_id = {w:String}", w=workspace) == 1
    contact = pipeline.query(
        "SELECT event_id FROM contact_journey(workspace_id = {w:String}, contact_id = 'ct_1')", w=workspace
    )
    assert len(contact) == 1


def test_the_same_id_of_another_source_or_workspace_is_another_event(pipeline: Space) -> None:
    workspace, other = new_workspace(), new_workspace()
    sent = event("message.incoming", workspace, MESSAGE, id="same")
    pipeline.append_events([sent, sent | {"source": "/elsewhere"}, sent | {"workspaceid": other}])
    pipeline.until_committed()
    assert [entry["event_source"] for entry in entries(pipeline, other)] == ["/tests"]
    assert {entry["event_source"] for entry in entries(pipeline, workspace)} == {"/tests", "/elsewhere"}


def test_the_order_is_time_then_sequence_then_hash(pipeline: Space) -> None:
    workspace = new_workspace()
    places = [
        ("2025-03-14T12:00:00.001Z", 0),
        ("2025-03-14T12:00:00.000Z", 2**63 - 1),
        ("2025-03-14T12:00:00.000Z", 10),
        ("2025-03-14T12:00:00.000Z", 9),
        ("2000-01-01T00:00:00.000Z", 5),
        ("2025-03-14T11:59:59.999Z", 2**62),
        *[("2025-03-14T12:00:00.000Z", 4)] * 20,
    ]
    sent = [event("message.incoming", workspace, MESSAGE, time=time, sequence=number) for time, number in places]
    pipeline.append_events(sent)
    pipeline.until_committed()
    found = entries(pipeline, workspace)
    by_id = {item["id"]: item for item in sent}
    orders = [int(entry["event_order"]) for entry in found]
    assert len(set(orders)) == len(sent)
    for entry, order in zip(found, orders, strict=True):
        assert order >> 192 == milliseconds(by_id[entry["event_id"]]["time"])
        assert order >> 128 & LOW_64 == by_id[entry["event_id"]]["sequence"]
    assert sum(1 for order in orders if order & LOW_128) == len(sent)


def test_the_hash_is_that_of_source_and_id_wherever_the_event_lies(pipeline: Space) -> None:
    workspaces = [new_workspace(), new_workspace()]
    for number, workspace in enumerate(workspaces):
        time = f"2025-03-14T12:00:0{number}Z"
        pipeline.append_events([event("label.added", workspace, MESSAGE | {"label_id": "l"}, id="same", time=time)])
    pipeline.until_committed()
    first, second = (int(entries(pipeline, workspace)[0]["event_order"]) for workspace in workspaces)
    assert first != second
    assert first & LOW_128 == second & LOW_128 != 0


def test_the_extremes_of_time_are_stored_to_the_millisecond(pipeline: Space) -> None:
    workspace = new_workspace()
    times = [
        "2000-01-01T00:00:00.000Z",
        "2001-09-09T01:46:39.999Z",
        "2001-09-09T01:46:40.001Z",
        "2038-01-19T03:14:08.007Z",
        "2106-02-07T06:28:16.009Z",
        "2286-11-20T17:46:40.001Z",
        "2299-12-31T23:59:59.999Z",
        *(f"2025-03-14T12:00:00.{number:03d}Z" for number in range(0, 1000, 7)),
    ]
    sent = [event("message.incoming", workspace, MESSAGE, time=time) for time in times]
    # Without a Kafka timestamp no time is too late; a broker would refuse one that lies far ahead.
    pipeline.append(record(item, timestamp_ms=-1) for item in sent)
    pipeline.until_committed()
    rows = pipeline.query(
        "SELECT event_id, toUnixTimestamp64Milli(occurred_at) AS at FROM journey WHERE workspace_id = {w:String}",
        w=workspace,
    )
    assert {row["event_id"]: row["at"] for row in rows} == {item["id"]: milliseconds(item["time"]) for item in sent}
