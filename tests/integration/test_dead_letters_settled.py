"""`jejak dead-letters dismiss`: letters that nobody needs are settled, with the reason, and nothing is lost by it."""

import json
import os
import pty
import subprocess
from typing import Any

import pytest

from processors.dead_letters.marks import MAX_WHY
from schemas.rejection import Reason, RejectedError
from tests.support.events import event, new_workspace
from tests.support.jejak import jejak
from tests.support.letters import LetterBox, Rejected
from tests.support.loop import BackgroundLoop
from tests.support.processes import JEJAK, ROOT, environment
from tests.support.stack import Stack

MESSAGE = {"contact_id": "ct_1", "conversation_id": "cv_1", "message_id": "m_1", "sender": "human", "text": "Halo"}
AHEAD = RejectedError(Reason.TIME_OUT_OF_RANGE, "time: more than 10 minutes after the record's own time")
HOSTILE = "it's \x1b[2Jgone\x9b31m\u2028line\u202e;\x07\n\rx"
#: What a terminal obeys, or takes for the end of a line.
UNSAFE = set("\x1b\x9b\u2028\u202e\x07\r\0")


@pytest.fixture
def box(stack: Stack, loop: BackgroundLoop) -> LetterBox:
    return LetterBox(stack, loop)


def message(**attributes: Any) -> dict[str, Any]:
    return event("message.outgoing", new_workspace(), MESSAGE, **attributes)


def as_bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


def test_a_letter_is_dismissed_by_its_id_and_show_tells_why_and_when(box: LetterBox) -> None:
    ids = box.put([Rejected(b"a"), Rejected(b"b", letter_partition=2)])
    done = box.command("dismiss", ids[1], "--why", "a test of the producer's, ticket 17")
    assert (done.status, done.stdout, done.stderr) == (0, "dismissed 1 dead letter\n", "")
    assert box.states() == {ids[0]: "waiting", ids[1]: "dismissed"}
    assert box.states("--waiting") == {ids[0]: "waiting"}
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
    assert set(box.states().values()) == {"waiting"}
    assert box.command("dismiss", *filters).stdout == "dismissed 1 dead letter\n"
    assert [name for name, state in box.states().items() if state == "dismissed"] == [ids[0]]
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
    assert box.states() == {letter: "replayed"}
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
    assert set(box.states().values()) == {"waiting"}


def test_a_dismissal_without_a_reason_is_refused_and_one_of_nothing_too(box: LetterBox) -> None:
    (letter,) = box.put([Rejected(b"a")])
    assert box.command("dismiss", letter).status == 2
    assert box.command("dismiss", letter, "3:7", "--why", "x").is_one_clear_line("'3:7'", "dead-letters list")
    assert set(box.states().values()) == {"waiting"}


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
    assert box.states() == {letter: left}


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


def test_a_dismissal_while_a_replay_runs_leaves_both_told_and_loses_nothing(box: LetterBox) -> None:
    box.put([Rejected(as_bytes(message()), error=AHEAD)])
    (letter,) = box.letters()
    box.dismiss([letter], "meanwhile")
    box.replay([letter])
    assert box.states() == {letter.id: "replayed"}
    (row,) = box.command("show", letter.id, "--json").rows
    assert sorted(next(iter(mark)) for mark in row["marks"]) == ["dismissed_at", "replayed_at"]
    assert len(box.topic("messages")) == 1
