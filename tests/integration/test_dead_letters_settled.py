"""The life of a dead letter: it waits until it is replayed, repaired by hand or dismissed, and is one all the while."""

import asyncio
import json
import os
import pty
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.embedded.ports import claim
from processors.dead_letter_dismiss import Dismisser
from processors.dead_letter_marks import MAX_WHY
from processors.stored_dead_letter import StoredDeadLetter
from processors.topics import ensure_topics
from schemas.rejection import Reason, RejectedError
from tests.support.events import event, new_workspace
from tests.support.jejak import Ran, jejak
from tests.support.kafka import RawRecord, read_topic
from tests.support.letters import LetterBox, Rejected
from tests.support.loop import BackgroundLoop
from tests.support.processes import JEJAK, ROOT, environment
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import Worker, running_worker

MESSAGE = {"contact_id": "ct_1", "conversation_id": "cv_1", "message_id": "m_1", "sender": "human", "text": "Halo"}
AHEAD = RejectedError(Reason.TIME_OUT_OF_RANGE, "time: more than 10 minutes after the record's own time")
HOSTILE = "it's \x1b[2Jgone\x9b31m\u2028line\u202e;\x07\n\r\0x".replace("\0", "")
#: What a terminal obeys, or takes for the end of a line.
UNSAFE = set("\x1b\x9b\u2028\u202e\x07\r\0")

ANOTHER_GROUP = {"JEJAK_CONSUMER_GROUP": "another-" + new_workspace()}


@pytest.fixture
def box(stack: Stack, loop: BackgroundLoop) -> LetterBox:
    return LetterBox(stack, loop)


def message(**attributes: Any) -> dict[str, Any]:
    return event("message.outgoing", new_workspace(), MESSAGE, **attributes)


def as_bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


def states(box: LetterBox, *options: str) -> dict[str, str]:
    return {row["id"]: row["state"] for row in box.command("list", "--json", *options).rows}


def test_a_letter_is_dismissed_by_its_id_and_show_tells_why_and_when(box: LetterBox) -> None:
    ids = box.put([Rejected(b"a"), Rejected(b"b", letter_partition=2)])
    done = box.command("dismiss", ids[1], "--why", "a test of the producer's, ticket 17")
    assert (done.status, done.stdout, done.stderr) == (0, "dismissed 1 dead letter\n", "")
    assert states(box) == {ids[0]: "waiting", ids[1]: "dismissed"}
    assert states(box, "--waiting") == {ids[0]: "waiting"}
    shown = box.command("show", ids[1]).stdout
    assert "\ndismissed: 20" in shown
    assert ", a test of the producer's, ticket 17\n" in shown
    (row,) = box.command("show", ids[1], "--json").rows
    (mark,) = row["marks"]
    assert mark.keys() == {"dismissed_at", "why"}
    assert mark["why"] == "a test of the producer's, ticket 17"
    again = box.command("dismiss", *ids, "--why", "both", "--json")
    assert again.rows == [{"dismissed": 1, "already_settled": 1, "dry_run": False}]


def test_letters_are_dismissed_by_filters_and_no_others(box: LetterBox) -> None:
    ids = box.put([Rejected(b"a"), Rejected(b"b", "labels"), Rejected(b"c", error=AHEAD), Rejected(b"d", at_ms=10**12)])
    filters = ("--topic", "messages", "--reason", "invaliddata", "--since", "2h", "--why", "x")
    dry = box.command("dismiss", *filters, "--dry-run")
    assert (dry.status, dry.stdout) == (0, "would dismiss 1 dead letter\n")
    assert set(states(box).values()) == {"waiting"}
    assert box.command("dismiss", *filters).stdout == "dismissed 1 dead letter\n"
    assert [name for name, state in states(box).items() if state == "dismissed"] == [ids[0]]
    assert box.command("dismiss", "--why", "x", "--yes").stdout == "dismissed 3 dead letters\n"
    assert box.command("dismiss", "--why", "x").stdout == "dismissed 0 dead letters\n"


def test_what_was_dismissed_is_replayed_by_its_id_and_by_nothing_else(box: LetterBox) -> None:
    value = as_bytes(message())
    (letter,) = box.put([Rejected(value, error=AHEAD)])
    box.command("dismiss", letter, "--why", "x")
    assert box.command("replay").stdout == "replayed 0 dead letters, refused 0, failed 0\n"
    assert box.topic("messages") == []
    assert box.command("replay", letter).stdout == "replayed 1 dead letter, refused 0, failed 0\n"
    assert [record.value for record in box.topic("messages")] == [value]
    assert states(box) == {letter: "replayed"}
    assert len(box.command("show", letter, "--json").rows[0]["marks"]) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--why", " \n"), ("--why", "say why")),
        (("--why", "x" * (MAX_WHY + 1)), ("--why", f"{MAX_WHY + 1} characters", f"at most {MAX_WHY}")),
        (("--why", "x", "--topic", "labels"), ("exclude",)),
    ],
)
def test_a_senseless_dismissal_is_one_clear_line(
    box: LetterBox, options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    ids = box.put([Rejected(b"a")])
    assert box.command("dismiss", *ids, *options).is_one_clear_line(*words)
    assert set(states(box).values()) == {"waiting"}


def test_a_dismissal_without_a_reason_is_refused_and_one_of_nothing_too(box: LetterBox) -> None:
    (letter,) = box.put([Rejected(b"a")])
    assert box.command("dismiss", letter).status == 2
    assert box.command("dismiss", letter, "3:7", "--why", "x").is_one_clear_line("'3:7'", "dead-letters list")
    assert set(states(box).values()) == {"waiting"}


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", "waiting"), (b"y\n", "dismissed")])
def test_on_a_terminal_it_asks_before_it_dismisses_what_filters_select(
    box: LetterBox, answer: bytes, left: str
) -> None:
    (letter,) = box.put([Rejected(b"a")])
    ours, its = pty.openpty()
    os.write(ours, answer)
    command = [*JEJAK, "dead-letters", "dismiss", "--reason", "InvalidData", "--why", "x"]
    ran = subprocess.run(
        command, cwd=ROOT, env=environment(box.environment), stdin=its, capture_output=True, timeout=60, check=False
    )
    os.close(ours)
    os.close(its)
    assert b"1 dead letter from " in ran.stderr
    assert b"Dismiss 1 dead letter?" in ran.stderr
    assert ran.returncode == (0 if left == "dismissed" else 1)
    assert states(box) == {letter: left}


def test_hostile_texts_reach_no_terminal(box: LetterBox) -> None:
    odd = RejectedError(Reason.INVALID_DATA, f"data.{HOSTILE}: no")
    (letter,) = box.put([Rejected(HOSTILE.encode(), key=HOSTILE.encode(), headers=((HOSTILE, b"\x9b"),), error=odd)])
    assert box.command("dismiss", letter, "--why", HOSTILE).status == 0
    for command in (("list",), ("list", "--json"), ("list", "--counts"), ("show", letter), ("show", letter, "--json")):
        ran = box.command(*command)
        assert ran.status == 0, ran
        assert not UNSAFE & set(ran.stdout), command
    (row,) = box.command("show", letter, "--json").rows
    assert row["marks"][0]["why"] == HOSTILE
    assert row["headers"][0][0] == HOSTILE
    status = jejak("status", settings=box.environment)
    assert not UNSAFE & set(status.stdout + status.stderr)


def test_a_record_that_was_rejected_again_is_one_letter_and_a_mark_on_any_copy_settles_it(box: LetterBox) -> None:
    value = as_bytes(message())
    copy = Rejected(value, error=AHEAD, offset=900)
    ids = box.put([copy, Rejected(value, error=AHEAD, offset=900, letter_partition=3), copy])
    assert states(box) == {ids[0]: "waiting"}
    (row,) = box.command("show", ids[1], "--json").rows
    assert (row["id"], row["copies"]) == (ids[0], 3)
    assert box.command("list", "--counts", "--json").rows[0]["letters"] == 1
    status = jejak("status", "--json", settings=box.environment).rows[0]
    assert status["dead_letters"]["count"] == 1
    assert "1 dead letter waits; see `jejak dead-letters list --waiting`" in status["warnings"]
    # As a tool that knows nothing of copies would: the mark is another copy's, in another partition.
    _dismiss(box, [letter_at(box, ids[1])], "x")
    assert states(box) == {ids[0]: "dismissed"}
    assert box.command("dismiss", ids[2], "--why", "x", "--json").rows[0]["already_settled"] == 1
    assert box.command("replay", ids[2]).stdout == "replayed 1 dead letter, refused 0, failed 0\n"
    assert [record.value for record in box.topic("messages")] == [value]


def letter_at(box: LetterBox, letter_id: str) -> StoredDeadLetter:
    partition, offset = map(int, letter_id.split(":"))
    return StoredDeadLetter(partition, offset, 0, None, b"", (), {})


def _dismiss(box: LetterBox, letters: Sequence[StoredDeadLetter], why: str) -> None:
    async def run() -> None:
        async with Dismisser(box.settings, why) as dismisser:
            await dismisser.dismiss(letters)

    asyncio.run(run())


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
    assert set(states(box)) == set(ids[:-1])


def test_a_dismissal_while_a_replay_runs_leaves_both_told_and_loses_nothing(box: LetterBox) -> None:
    box.put([Rejected(as_bytes(message()), error=AHEAD)])
    (letter,) = box.letters()
    _dismiss(box, [letter], "meanwhile")
    box.replay([letter])
    assert states(box) == {letter.id: "replayed"}
    (row,) = box.command("show", letter.id, "--json").rows
    assert sorted(next(iter(mark)) for mark in row["marks"]) == ["dismissed_at", "replayed_at"]
    assert len(box.topic("messages")) == 1


def test_a_letter_is_repaired_once_its_event_is_stored_whoever_s_it_is_now(box: LetterBox) -> None:
    good = message()
    person = good | {"data": MESSAGE | {"contact_id": "somebody else"}}
    values = [
        as_bytes(good | {"data": MESSAGE | {"sender": "robot"}}),
        as_bytes(person),
        as_bytes(good | {"data": MESSAGE | {"contact_id": 42}, "time": "soon"}),
        as_bytes(good | {"id": "another"}),
        as_bytes(good | {"id": None}),
        b"{",
    ]
    ids = box.put([Rejected(value) for value in values])
    assert set(states(box).values()) == {"waiting"}
    box.store(good)
    assert states(box) == dict(zip(ids, ["repaired"] * 3 + ["waiting"] * 3, strict=True))
    rows = {row["id"]: row["repaired"] for row in box.command("list", "--json").rows}
    assert [rows[name] for name in ids] == [True, True, True, False, None, None]
    assert set(states(box, "--waiting")) == set(ids[3:])
    (count,) = box.command("list", "--counts", "--json").rows
    assert count == {
        "topic": box.settings.topic("messages"),
        "reason": "InvalidData",
        "letters": 6,
        "waiting": 3,
        "replayed": 0,
        "repaired": 3,
        "dismissed": 0,
    }
    assert "\nrepaired: " in box.command("show", ids[0]).stdout
    told = jejak("status", "--json", settings=box.environment).rows[0]["dead_letters"]
    assert (told["count"], told["exact"], told["repairs_known"], told["unread"]) == (3, True, True, 0)
    assert box.command("dismiss", "--why", "x").stdout == "dismissed 3 dead letters\n"


def test_what_was_repaired_is_not_put_back_by_filters(box: LetterBox) -> None:
    good = message()
    box.put([Rejected(as_bytes(good), error=AHEAD), Rejected(as_bytes(message()), error=AHEAD)])
    box.store(good)
    assert box.command("replay").stdout == "replayed 1 dead letter, refused 0, failed 0\n"


def test_without_clickhouse_the_list_says_that_repairs_are_not_known(box: LetterBox) -> None:
    (letter,) = box.put([Rejected(as_bytes(message()))])
    away = box.environment | {"JEJAK_CLICKHOUSE_URL": f"http://127.0.0.1:{claim(0, '', '')}/x"}
    ran = jejak("dead-letters", "list", "--waiting", "--json", settings=away)
    assert ran.status == 0
    assert [(row["id"], row["state"], row["repaired"]) for row in ran.rows] == [(letter, "waiting", None)]
    assert ran.stderr.startswith("whether letters were repaired by hand is not known: ClickHouse cannot be reached")
    assert len(ran.stderr.splitlines()) == 1
    (warning,) = [
        line for line in jejak("status", "--json", settings=away).rows[0]["warnings"] if "dead letter" in line
    ]
    assert "if none was repaired by hand" in warning


def test_a_letter_that_is_repaired_in_a_shell_waits_no_more(pipeline: Space) -> None:
    wrong = message() | {"data": MESSAGE | {"sender": "robot"}}
    pipeline.append([RawRecord("messages", as_bytes(wrong), b"key")])
    pipeline.until_committed()
    (letter,) = [item for item in pipeline.dead_letters() if item.value == as_bytes(wrong)]
    assert _state(pipeline, letter.id) == "waiting"
    shell = f'jejak dead-letters show {letter.id} --raw | sed \'s/"robot"/"ai"/\' | jejak produce'
    variables = environment(pipeline.environment)
    variables["PATH"] = f"{Path(JEJAK[0]).parent}:{variables.get('PATH', os.environ['PATH'])}"
    subprocess.run(shell, shell=True, cwd=ROOT, env=variables, check=True, timeout=60, stdout=subprocess.DEVNULL)
    pipeline.until_committed()
    assert _state(pipeline, letter.id) == "repaired"


def _state(space: Space, letter_id: str) -> str:
    (row,) = jejak("dead-letters", "show", letter_id, "--json", settings=space.environment).rows
    return str(row["state"])


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
        ran = jejak("status", "--json", settings=space.environment)
        assert ran.rows[0]["dead_letters"]["count"] == 2
        assert ran.rows[0]["dead_letters"]["exact"] is True
        assert _letters(space, "dismiss", "--topic", "messages", "--why", "x").stdout == "dismissed 1 dead letter\n"
        space.append([RawRecord("messages", mended, b"k")])
        wait_until(lambda: _waiting(worker, space) == {}, "what was repaired and dismissed waits no more", 90)
        assert jejak("status", "--json", settings=space.environment).rows[0]["dead_letters"]["count"] == 0


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
