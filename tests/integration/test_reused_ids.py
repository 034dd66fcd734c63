"""An id that a producer uses again: both events are kept, and people hear of it (contract, section 1)."""

import random
from collections.abc import Callable
from typing import Any

from projections.reused import reused_in_sample
from tests.exactness.feeding import store
from tests.support.jejak import jejak
from tests.support.rebuilds import talks
from tests.support.space import Space

SpaceMaker = Callable[..., Space]


def _message(event_id: str, second: int, contact: str = "c1", **attributes: Any) -> dict[str, Any]:
    data = {"contact_id": contact, "conversation_id": "k1", "message_id": "m", "text": f"at {second}"}
    return {"specversion": "1.0", "id": event_id, "source": "/chat", "type": "message.incoming", "workspaceid": "w",
            "time": f"2026-02-01T00:00:{second:02d}Z", "data": data, **attributes}  # fmt: skip


def _reused(space: Space) -> list[dict[str, Any]]:
    return space.query(
        "SELECT event_id, versions, toSecond(first_at) AS first, toSecond(last_at) AS last "
        "FROM reused_ids ORDER BY event_id"
    )


def test_one_id_at_two_times_or_of_two_persons_is_several_events_and_is_named(new_space: SpaceMaker) -> None:
    space = new_space()
    events = [
        _message("once", 1),
        _message("later", 2),
        _message("later", 9),
        _message("counted", 3, sequence=1),
        _message("counted", 3, sequence=2),
        _message("shared", 4, "c1"),
        _message("shared", 4, "c2"),
        _message("elsewhere", 5),
        _message("elsewhere", 6, source="/other"),
        _message("elsewhere", 7, workspaceid="w2"),
    ]
    for _ in range(2):
        # However often, in whatever parts: the same event is there once.
        store(space.client, [*events, *events], random.Random(1))
    assert _reused(space) == [
        {"event_id": "counted", "versions": 2, "first": 3, "last": 3},
        {"event_id": "later", "versions": 2, "first": 2, "last": 9},
        {"event_id": "shared", "versions": 2, "first": 4, "last": 4},
    ]
    texts = "SELECT arraySort(groupArray(summary)) FROM journey WHERE event_id = 'later'"
    assert space.value(texts) == ["at 2", "at 9"]
    assert space.value("SELECT uniqExact(contact_id) FROM journey WHERE event_id = 'shared'") == 2


def test_status_warns_of_reused_ids_and_stays_healthy(new_space: SpaceMaker) -> None:
    space = new_space()
    store(space.client, talks(0, 2_000, 100), random.Random(1))
    assert reused_in_sample(space.client, 10) is None
    said = jejak("status", "--json", settings=space.environment)
    assert not [line for line in said.rows[0]["warnings"] if "reused_ids" in line]
    # A service that began to count from 1 again.
    again = [event | {"time": event["time"].replace("2026-02-01", "2026-02-02")} for event in talks(0, 2_000, 100)]
    store(space.client, again, random.Random(2))
    said = jejak("status", "--json", settings=space.environment)
    assert said.status == 0, said
    (line,) = [line for line in said.rows[0]["warnings"] if "reused_ids" in line]
    assert "a producer uses ids again" in line
