"""A letter that was repaired by hand is settled once its event is stored."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.local.ports import claim
from schemas.rejection import Reason, RejectedError
from tests.support.events import event, new_workspace
from tests.support.jejak import jejak
from tests.support.kafka import RawRecord
from tests.support.letters import LetterBox, Rejected
from tests.support.loop import BackgroundLoop
from tests.support.processes import JEJAK, ROOT, environment
from tests.support.space import Space
from tests.support.stack import Stack

MESSAGE = {"contact_id": "ct_1", "conversation_id": "cv_1", "message_id": "m_1", "sender": "human", "text": "Halo"}
AHEAD = RejectedError(Reason.TIME_OUT_OF_RANGE, "time: more than 10 minutes after the record's own time")


@pytest.fixture
def box(stack: Stack, loop: BackgroundLoop) -> LetterBox:
    return LetterBox(stack, loop)


def message(**attributes: Any) -> dict[str, Any]:
    return event("message.outgoing", new_workspace(), MESSAGE, **attributes)


def as_bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


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
    assert set(box.states().values()) == {"waiting"}
    box.store(good)
    assert box.states() == dict(zip(ids, ["repaired"] * 3 + ["waiting"] * 3, strict=True))
    rows = {row["id"]: row["repaired"] for row in box.command("list", "--json").rows}
    assert [rows[name] for name in ids] == [True, True, True, False, None, None]
    assert set(box.states("--waiting")) == set(ids[3:])
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
    told = box.status()["dead_letters"]
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
    assert ran.stderr.startswith("it is unknown which dead letters were repaired by hand: ClickHouse cannot be reached")
    assert len(ran.stderr.splitlines()) == 1
    (warning,) = [
        line for line in jejak("status", "--json", settings=away).rows[0]["warnings"] if "dead letter" in line
    ]
    assert "unless some were repaired by hand" in warning


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
