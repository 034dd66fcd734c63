"""One rejected record is one letter, however often it is read; other bytes at its place are another."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from processors.dead_letters.stored import StoredDeadLetter
from processors.kafka.topics import ensure_topics
from schemas.rejection import Reason, RejectedError
from tests.support.events import event, new_workspace
from tests.support.jejak import Ran, jejak
from tests.support.kafka import RawRecord, read_topic
from tests.support.letters import LetterBox, Rejected
from tests.support.loop import BackgroundLoop
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import Worker, running_worker

MESSAGE = {"contact_id": "ct_1", "conversation_id": "cv_1", "message_id": "m_1", "sender": "human", "text": "Halo"}
AHEAD = RejectedError(Reason.TIME_OUT_OF_RANGE, "time: more than 10 minutes after the record's own time")

ANOTHER_GROUP = {"JEJAK_CONSUMER_GROUP": "another-" + new_workspace()}


@pytest.fixture
def box(stack: Stack, loop: BackgroundLoop) -> LetterBox:
    return LetterBox(stack, loop)


def message(**attributes: Any) -> dict[str, Any]:
    return event("message.outgoing", new_workspace(), MESSAGE, **attributes)


def as_bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


def letter_at(box: LetterBox, letter_id: str) -> StoredDeadLetter:
    partition, offset = map(int, letter_id.split(":"))
    return StoredDeadLetter(partition, offset, 0, None, b"", (), {})


def test_a_record_that_was_rejected_again_is_one_letter_and_a_mark_on_any_copy_settles_it(box: LetterBox) -> None:
    value = as_bytes(message())
    copy = Rejected(value, error=AHEAD, offset=900)
    ids = box.put([copy, Rejected(value, error=AHEAD, offset=900, letter_partition=3), copy])
    assert box.states() == {ids[0]: "waiting"}
    (row,) = box.command("show", ids[1], "--json").rows
    assert (row["id"], row["copies"]) == (ids[0], 3)
    assert box.command("list", "--counts", "--json").rows[0]["letters"] == 1
    status = box.status()
    assert status["dead_letters"]["count"] == 1
    assert "1 dead letter waits; see `jejak dead-letters list --waiting`" in status["warnings"]
    # As a tool that knows nothing of copies would: the mark is another copy's, in another partition.
    box.dismiss([letter_at(box, ids[1])], "x")
    assert box.states() == {ids[0]: "dismissed"}
    assert box.command("dismiss", ids[2], "--why", "x", "--json").rows[0]["already_settled"] == 1
    assert box.command("replay", ids[2]).stdout == "replayed 1 dead letter, refused 0, failed 0\n"
    assert [record.value for record in box.topic("messages")] == [value]


def test_other_bytes_at_the_same_place_are_another_letter(box: LetterBox) -> None:
    same = Rejected(b"a", key=b"k", headers=(("h", b"1"),), offset=5)
    others = [
        Rejected(b"b", key=b"k", headers=(("h", b"1"),), offset=5),
        Rejected(b"a", key=None, headers=(("h", b"1"),), offset=5),
        Rejected(b"a", key=b"k", headers=(("h", None),), offset=5),
        Rejected(b"a", key=b"k", headers=(("h", b"1"),), offset=6),
        Rejected(b"a", key=b"k", headers=(("h", b"1"),), offset=5, topic="labels"),
    ]
    ids = box.put([same, *others, same])
    assert set(box.states()) == set(ids[:-1])


def test_reading_a_topic_again_makes_no_second_letter_and_the_metric_counts_what_waits(
    new_space: Callable[..., Space], logs: Path
) -> None:
    space = new_space()
    odd = RawRecord("messages", b"no JSON", b"k", headers=(("h", None),))
    mended = as_bytes(message())
    with running_worker(space, logs) as worker:
        space.append([odd, RawRecord("labels", mended, b"k")])
        space.until_committed()
        wait_until(lambda: _waiting(worker, space) == {"messages": 1, "labels": 1}, "the worker counts them", 90)
    # A group that begins anew reads everything again, as one does that an operator has reset.
    with running_worker(space, logs, changes=ANOTHER_GROUP) as worker:
        wait_until(lambda: len(_records(space)) == 4, "both are rejected again", 60)
        letters = space.dead_letters()
        assert [(letter.topic, letter.copies) for letter in sorted(letters, key=lambda item: item.topic)] == [
            (space.settings.topic("labels"), 2),
            (space.settings.topic("messages"), 2),
        ]
        # `status` asks everything in bounded time, and leaves out what takes longer on a busy machine.
        told = wait_until(
            lambda: jejak("status", "--json", settings=space.environment).rows[0]["dead_letters"], "status counts", 90
        )
        assert (told["count"], told["exact"]) == (2, True)
        assert _letters(space, "dismiss", "--topic", "messages", "--why", "x").stdout == "dismissed 1 dead letter\n"
        space.append([RawRecord("messages", mended, b"k")])
        wait_until(lambda: _waiting(worker, space) == {}, "what was repaired and dismissed waits no more", 90)
        wait_until(
            lambda: (
                (jejak("status", "--json", settings=space.environment).rows[0]["dead_letters"] or {}).get("count") == 0
            ),
            "status counts none",
            90,
        )


def _letters(space: Space, *arguments: str) -> Ran:
    return jejak("dead-letters", *arguments, settings=space.environment)


def _waiting(worker: Worker, space: Space) -> dict[str, int] | None:
    """What the metric tells by topic, zeros left out; None where it is not there."""
    name = 'jejak_dead_letters_waiting{topic="'
    lines = [line.removeprefix(name) for line in worker.get("/metrics")[1].splitlines() if line.startswith(name)]
    told = {topic: float(number) for topic, number in (line.split('"} ') for line in lines)}
    prefix = space.settings.topic_prefix
    return {topic.removeprefix(prefix): int(number) for topic, number in told.items() if number} if told else None


def _records(space: Space) -> list[Any]:
    return space.loop.run(read_topic(space.settings.kafka_bootstrap_servers, space.settings.dead_letter_topic))


def test_a_topic_that_was_made_anew_has_letters_of_its_own(new_space: Callable[..., Space], logs: Path) -> None:
    space = new_space()
    with running_worker(space, logs):
        space.append([RawRecord("labels", b"first", b"k", partition=0)])
        wait_until(lambda: len(space.dead_letters()) == 1, "it is rejected")
        space.until_committed()
    space.loop.run(_make_anew(space))
    with running_worker(space, logs, changes=ANOTHER_GROUP):
        space.append([RawRecord("labels", b"second", b"k", partition=0)])
        letters = wait_until(lambda: found if len(found := space.dead_letters()) == 2 else None, "so is the other", 60)
    assert {letter.value for letter in letters} == {b"first", b"second"}
    assert len({(letter.topic, letter.reasons["partition"], letter.reasons["offset"]) for letter in letters}) == 1


async def _make_anew(space: Space) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=space.settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        name = space.settings.topic("labels")
        await admin.delete_topics([name])
        while name in await admin.list_topics():
            await asyncio.sleep(0.1)
    finally:
        await admin.close()
    await ensure_topics(space.settings)
