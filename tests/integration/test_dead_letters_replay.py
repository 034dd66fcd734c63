"""`jejak dead-letters replay`: records are put back as they were, once, and only where it helps."""

import json
import time
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors.dead_letters.marks import Mark, read_mark
from processors.dead_letters.replay import Outcome, Replayer
from schemas.constants import REASON_PREFIX
from schemas.rejection import Reason, RejectedError
from tests.support.events import event, new_workspace
from tests.support.jejak import jejak
from tests.support.kafka import RawRecord
from tests.support.letters import LetterBox, Rejected
from tests.support.loop import BackgroundLoop
from tests.support.space import Space
from tests.support.stack import Stack

MESSAGE = {"contact_id": "ct_1", "conversation_id": "cv_1", "message_id": "m_1", "text": "Halo ☕"}
AHEAD = RejectedError(Reason.TIME_OUT_OF_RANGE, "time: more than 10 minutes after the record's own time")


def message(**attributes: Any) -> bytes:
    return json.dumps(event("message.incoming", new_workspace(), MESSAGE, **attributes)).encode()


@pytest.fixture
def box(stack: Stack, loop: BackgroundLoop) -> LetterBox:
    return LetterBox(stack, loop)


def test_what_was_rejected_for_a_wrong_clock_is_stored_after_a_replay(pipeline: Space) -> None:
    workspace = new_workspace()
    wrong_clock = RawRecord(
        "messages", json.dumps(event("message.incoming", workspace, MESSAGE)).encode(), b"key", timestamp_ms=10**12
    )
    ((topic, partition, offset),) = pipeline.append([wrong_clock])
    pipeline.until_committed()
    (letter,) = [item for item in pipeline.dead_letters() if item.value == wrong_clock.value]
    assert letter.reason == "TimeOutOfRange"
    assert pipeline.stored(where="workspace_id = {w:String}", w=workspace) == 0
    ran = jejak("dead-letters", "replay", letter.id, settings=pipeline.environment)
    assert (ran.status, ran.stdout, ran.stderr) == (0, "replayed 1 dead letter, refused 0, failed 0\n", "")
    pipeline.until_committed()
    assert pipeline.stored("journey", "workspace_id = {w:String}", w=workspace) == 1
    shown = jejak("dead-letters", "show", letter.id, "--json", settings=pipeline.environment).rows[0]
    assert shown["replayed"] is True
    (mark,) = shown["marks"]
    assert (mark["topic"], mark["partition"]) == (topic, partition)
    assert mark["offset"] > offset


def test_what_would_be_rejected_again_is_refused_unless_forced_and_then_it_is_a_new_letter(pipeline: Space) -> None:
    odd = b'{"id": "forced ' + new_workspace().encode()
    pipeline.append([RawRecord("labels", odd)])
    pipeline.until_committed()
    (letter,) = [item for item in pipeline.dead_letters() if item.value == odd]
    refused = jejak("dead-letters", "replay", letter.id, settings=pipeline.environment)
    assert refused.stdout == "replayed 0 dead letters, refused 1, failed 0\n"
    assert refused.is_one_clear_line(letter.id, "it would be rejected again: NotJson: value: not JSON"), refused
    forced = jejak("dead-letters", "replay", letter.id, "--force", "--json", settings=pipeline.environment)
    assert forced.status == 0
    assert forced.rows == [{"replayed": 1, "refused": 0, "failed": 0, "already_replayed": 0, "dry_run": False}]
    pipeline.until_committed()
    old, new = sorted(
        (item for item in pipeline.dead_letters() if item.value == odd), key=lambda item: item.timestamp_ms
    )
    assert (old.id, old.replayed, new.replayed) == (letter.id, True, False)
    assert (new.key, new.headers) == (old.key, old.headers)


def test_a_second_replay_puts_nothing_back_unless_it_is_insisted(box: LetterBox) -> None:
    values = [message(), message()]
    box.put([Rejected(values[0], error=AHEAD), Rejected(values[1], error=AHEAD, letter_partition=3)])
    assert box.command("replay").stdout == "replayed 2 dead letters, refused 0, failed 0\n"
    second = box.command("replay")
    assert (second.status, second.stdout) == (0, "replayed 0 dead letters, refused 0, failed 0\n")
    assert second.stderr == "2 were put back before; --again puts them back once more\n"
    assert sorted(record.value for record in box.topic("messages")) == sorted(values)
    assert box.command("replay", "--again").status == 0
    assert sorted(record.value for record in box.topic("messages")) == sorted(values * 2)


def test_only_what_is_selected_is_put_back(box: LetterBox) -> None:
    label = json.dumps(event("label.added", new_workspace(), MESSAGE | {"label_id": "l"})).encode()
    old = int(time.time() * 1000) - 3 * 3_600_000
    wanted = message()
    ids = box.put(
        [
            Rejected(message(), error=AHEAD, at_ms=old),
            Rejected(message()),
            Rejected(label, "labels", error=AHEAD),
            Rejected(wanted, error=AHEAD),
        ]
    )
    filters = ("--topic", "messages", "--reason", "timeoutofrange", "--since", "2h")
    dry = box.command("replay", *filters, "--dry-run")
    assert (dry.status, dry.stdout) == (0, "would replay 1 dead letter, refused 0, failed 0\n")
    assert box.topic("messages") == []
    assert not any(letter.replayed for letter in box.letters())
    assert box.command("replay", *filters).status == 0
    assert [record.value for record in box.topic("messages")] == [wanted]
    assert [letter.id for letter in box.letters() if letter.replayed] == [ids[3]]
    assert box.command("replay", ids[2]).status == 0
    assert [record.value for record in box.topic("labels")] == [label]


def test_what_nobody_can_put_back_is_refused_even_by_force_and_the_rest_goes_on(box: LetterBox) -> None:
    large = Rejected(b"x" * 3_000_000, emptied=True)
    wrong_topic = Rejected(message(), "labels", error=AHEAD)
    ids = box.put([large, Rejected(message(), "elsewhere"), Rejected(message()), wrong_topic])
    forced = box.command("replay", "--force")
    assert forced.status == 1
    assert forced.stdout == "replayed 2 dead letters, refused 2, failed 0\n"
    first, second = forced.stderr.splitlines()
    assert first == f"{ids[0]}: its value of 3000000 bytes was too large to be kept; only its producer has it"
    assert second.startswith(f"{ids[1]}: its topic {box.settings.topic('elsewhere')} is none of those with JEJAK_TOPIC")
    assert len(box.topic("labels")) == 1


def test_letters_of_another_prefix_are_refused(box: LetterBox, stack: Stack, loop: BackgroundLoop) -> None:
    other = LetterBox(stack, loop)
    other.put([Rejected(message(), error=AHEAD)])
    (letter,) = other.letters()
    (told,) = box.replay([letter], force=True)
    assert told.outcome is Outcome.REFUSED
    assert other.settings.topic("messages") in told.why
    assert box.settings.topic_prefix in told.why
    assert box.topic("messages") == other.topic("messages") == []


@pytest.mark.parametrize("missing", ["0:1", "0:99", "4:0", "x"])
def test_an_id_that_there_is_not_is_one_clear_line_and_nothing_is_put_back(
    letters_with_a_mark: LetterBox, missing: str
) -> None:
    # 0:0 is there; 0:1 is its mark, which is no letter.
    ran = letters_with_a_mark.command("replay", "--again", "0:0", missing)
    assert ran.is_one_clear_line(repr(missing), "dead-letters list"), ran
    assert len(letters_with_a_mark.topic("messages")) == 1


def test_a_mark_cannot_be_shown_as_a_letter(letters_with_a_mark: LetterBox) -> None:
    assert letters_with_a_mark.command("show", "0:1").is_one_clear_line("'0:1'")


@pytest.fixture(scope="module")
def letters_with_a_mark(stack: Stack, loop: BackgroundLoop) -> LetterBox:
    box = LetterBox(stack, loop)
    box.put([Rejected(message(), error=AHEAD)])
    box.replay(box.letters())
    assert len(box.topic("dead-letters")) == 2
    return box


def test_ids_and_filters_exclude_each_other(box: LetterBox) -> None:
    assert box.command("replay", "0:0", "--topic", "messages").is_one_clear_line("exclude")


def test_a_crash_before_the_mark_ends_in_a_duplicate_and_never_in_a_loss(
    box: LetterBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise KafkaConnectionError("gone")

    value = message()
    box.put([Rejected(value, error=AHEAD)])
    with monkeypatch.context() as broken:
        broken.setattr(Replayer, "_mark", crash)
        with pytest.raises(KafkaConnectionError):
            box.replay(box.letters())
    assert [letter.replayed for letter in box.letters()] == [False]
    box.replay(box.letters())
    assert [letter.replayed for letter in box.letters()] == [True]
    assert [record.value for record in box.topic("messages")] == [value, value]


def test_a_partition_that_is_no_more_is_no_obstacle(box: LetterBox) -> None:
    box.put([Rejected(message(), error=AHEAD, partition=99), Rejected(message(), error=AHEAD, partition=3)])
    assert [told.outcome for told in box.replay(box.letters())] == [Outcome.REPLAYED] * 2
    gone, there = sorted(box.topic("messages"), key=lambda record: record.partition)
    assert there.partition == 3
    assert gone.partition < 4


def test_a_mark_says_nothing_that_triage_tools_take_for_a_dead_letter(letters_with_a_mark: LetterBox) -> None:
    letter, mark = letters_with_a_mark.topic("dead-letters")
    assert letter.value is not None
    assert (mark.value, mark.partition, mark.key) == (None, letter.partition, b"jejak.replayed.0:0")
    assert not [name for name, _ in mark.headers if name.startswith(REASON_PREFIX)]
    assert len(letters_with_a_mark.letters()) == 1


_ODD_TEXT = st.text(st.sampled_from("'\"\\;\0\n\r\t\x1b\x7fé☕😀\u202e{}$`"), max_size=8)
_BYTES = st.one_of(st.binary(max_size=20), _ODD_TEXT.map(str.encode))
_NAMES = st.one_of(
    _ODD_TEXT, st.sampled_from(["twice", REASON_PREFIX + "topic", "jejak.value.bytes", "jejak.replayed.offset"])
)
_REJECTED = st.builds(
    Rejected,
    value=_BYTES,
    topic=st.sampled_from(["messages", "labels"]),
    key=st.one_of(st.none(), _BYTES),
    headers=st.lists(st.tuples(_NAMES, st.one_of(st.none(), _BYTES)), max_size=5).map(tuple),
    partition=st.integers(0, 3),
    letter_partition=st.integers(0, 3),
)


@pytest.fixture(scope="module")
def shared_box(stack: Stack, loop: BackgroundLoop) -> LetterBox:
    return LetterBox(stack, loop)


@given(rejected=st.lists(_REJECTED, min_size=1, max_size=30))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_rejected_comes_back_byte_for_byte(shared_box: LetterBox, rejected: list[Rejected]) -> None:
    ids = shared_box.put(rejected)
    letters = {letter.id: letter for letter in shared_box.letters() if letter.id in ids}
    assert all(told.outcome is Outcome.REPLAYED for told in shared_box.replay(list(letters.values()), force=True))
    came_back = {
        (record.topic, record.partition, record.offset): (record.key, record.value, tuple(record.headers))
        for name in ("messages", "labels")
        for record in shared_box.topic(name)
    }
    found = map(read_mark, shared_box.topic("dead-letters"))
    marks = {mark.letter: mark for mark in found if isinstance(mark, Mark)}
    assert all(letter.replayed for letter in shared_box.letters())
    for item, letter_id in zip(rejected, ids, strict=True):
        mark = marks[letters[letter_id].place]
        assert mark.partition == item.partition
        place = (shared_box.settings.topic(item.topic), mark.partition, mark.offset)
        assert came_back[place] == (item.key, item.value, item.headers)
