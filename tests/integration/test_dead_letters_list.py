"""`jejak dead-letters list` and `show`: what is told of dead letters, by filters, in counts, and byte for byte."""

import base64
import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from commands.dead_letters.selection import selected
from processors.dead_letters.reading import Selection
from schemas.constants import REASON_PREFIX
from schemas.rejection import Reason, RejectedError
from tests.support.jejak import jejak
from tests.support.letters import LetterBox, Rejected
from tests.support.loop import BackgroundLoop
from tests.support.processes import JEJAK, environment
from tests.support.stack import Stack

NOW = datetime.now(UTC).replace(microsecond=0)
NOT_JSON = RejectedError(Reason.NOT_JSON, "value: not JSON")
UNKNOWN = RejectedError(Reason.UNKNOWN_TYPE, "type: unknown event type 'x'")
ODD_KEY = "'\";\0\n\x1b[31m😀".encode() + b"\xff"
ODD_HEADERS = (
    ("ü'\n\0", b"\xff\x00"),
    ("twice", b"1"),
    ("twice", b""),
    ("none", None),
    (REASON_PREFIX + "topic", b"older"),
)


def hours_ago(hours: float) -> int:
    return int((NOW - timedelta(hours=hours)).timestamp() * 1000)


#: In the order of their ages, the newest first.
LETTERS = (
    Rejected(b"a\xff\0\n'\";", "labels", ODD_KEY, ODD_HEADERS, NOT_JSON, at_ms=hours_ago(0.1), letter_partition=2),
    Rejected(b"b", "messages", None, (), UNKNOWN, at_ms=hours_ago(1), letter_partition=1),
    Rejected(b"c", "messages", b"", (), NOT_JSON, at_ms=hours_ago(1.5), letter_partition=1),
    Rejected(b"d" * 5000, "messages", error=NOT_JSON, at_ms=hours_ago(3), emptied=True),
    Rejected(b"e", "touches", error=UNKNOWN, at_ms=hours_ago(72), letter_partition=3),
)


@pytest.fixture(scope="module")
def box(stack: Stack, loop: BackgroundLoop) -> LetterBox:
    """The letters, oldest appended last; the third is put back."""
    box = LetterBox(stack, loop)
    box.put(LETTERS)
    (third,) = [letter for letter in box.letters() if letter.value == b"c"]
    box.replay([third], force=True)
    return box


IDS = ("2:0", "1:0", "1:1", "0:0", "3:0")


@pytest.mark.parametrize(
    ("topics", "reasons", "since", "wanted"),
    [
        ([], [], None, IDS),
        (["messages"], [], None, IDS[1:4]),
        (["labels", "touches"], [], None, (IDS[0], IDS[4])),
        ([], ["NotJson"], None, (IDS[0], *IDS[2:4])),
        (["messages"], ["UnknownType"], None, (IDS[1],)),
        ([], ["UnknownType", "NotJson"], None, IDS),
        ([], [], "2h", IDS[:3]),
        ([], ["NotJson"], "75m", (IDS[0],)),
        pytest.param([], [], (NOW - timedelta(hours=3)).isoformat(), IDS[:4], id="since an instant"),
        pytest.param([], [], f"{NOW - timedelta(days=10):%Y-%m-%d}", IDS, id="since a day"),
        ([], [], "30s", ()),
        (["nowhere"], [], None, ()),
    ],
    # A name made of the moment would be another in each process that collects the tests.
    ids=range(12),
)
def test_filters_leave_what_they_say(
    box: LetterBox, topics: list[str], reasons: list[str], since: str | None, wanted: tuple[str, ...]
) -> None:
    selection = selected(box.settings, topics, [Reason(text) for text in reasons], since)
    assert [letter.id for letter in box.letters(selection)] == sorted(wanted)


def test_list_shows_what_the_filters_leave_newest_first(box: LetterBox) -> None:
    options = ("--topic", "messages", "--topic", "labels", "--reason", "notjson", "--since", "2h")
    ran = box.command("list", "--json", *options)
    assert [(row["id"], row["replayed"]) for row in ran.rows] == [(IDS[0], False), (IDS[2], True)]
    waiting = box.command("list", "--json", *options, "--waiting")
    assert [row["id"] for row in waiting.rows] == [IDS[0]]
    none = box.command("list", "--topic", "nowhere")
    assert (none.status, none.stderr) == (0, "no such dead letters; there is no topic 'nowhere'\n")


def test_a_topic_can_be_named_in_full(box: LetterBox) -> None:
    rows = box.command("list", "--json", "--topic", box.settings.topic("touches")).rows
    assert [row["id"] for row in rows] == [IDS[4]]


def test_counts_are_by_topic_and_reason_and_marks_are_no_letters(box: LetterBox) -> None:
    def counted(topic: str, reason: str, letters: int, replayed: int = 0) -> dict[str, object]:
        states = {"waiting": letters - replayed, "replayed": replayed, "repaired": 0, "dismissed": 0}
        return {"topic": box.settings.topic(topic), "reason": reason, "letters": letters, **states}

    assert box.command("list", "--counts", "--json").rows == [
        counted("messages", "NotJson", 2, 1),
        counted("labels", "NotJson", 1),
        counted("messages", "UnknownType", 1),
        counted("touches", "UnknownType", 1),
    ]
    assert len(box.topic("dead-letters")) == len(LETTERS) + 1
    table = box.command("list", "--counts", "--since", "2h")
    assert [line.split()[-6:] for line in table.stdout.splitlines()] == [
        ["dead", "letters", "waiting", "replayed", "repaired", "dismissed"],
        ["NotJson", "1", "1", "0", "0", "0"],
        ["NotJson", "1", "0", "1", "0", "0"],
        ["UnknownType", "1", "1", "0", "0", "0"],
    ]


def test_a_table_has_one_line_a_letter_and_says_how_many_more_there_are(box: LetterBox) -> None:
    ran = box.command("list", "--limit", "3")
    head, *lines = ran.stdout.splitlines()
    assert head.split() == ["id", "rejected", "at", "from", "reason", "state", "message"]
    assert [line.split()[0] for line in lines] == list(IDS[:3])
    assert [" replayed " in line for line in lines] == [False, False, True]
    assert ran.stderr == "2 more; show them with --limit\n"


def test_show_tells_every_byte(box: LetterBox) -> None:
    odd = LETTERS[0]
    (row,) = box.command("show", IDS[0], "--json").rows
    assert base64.b64decode(row["key_base64"]) == odd.key
    assert base64.b64decode(row["value_base64"]) == odd.value
    headers = tuple((name, None if value is None else base64.b64decode(value)) for name, value in row["headers_base64"])
    assert headers == odd.headers
    assert row["topic"] == box.settings.topic("labels")
    raw = subprocess.run(
        [*JEJAK, "dead-letters", "show", IDS[0], "--raw"],
        env=environment(box.environment),
        capture_output=True,
        check=True,
    )
    assert (raw.stdout, raw.stderr) == (odd.value, b"")


def test_no_key_and_an_empty_key_are_told_apart(box: LetterBox) -> None:
    keys = {row["id"]: row["key"] for row in box.command("list", "--json").rows}
    assert (keys[IDS[1]], keys[IDS[2]]) == (None, "")


def test_show_on_a_terminal_lets_no_escape_sequence_through_and_says_what_a_replay_would_do(box: LetterBox) -> None:
    shown = box.command("show", IDS[0])
    assert shown.status == 0
    assert "\x1b" not in shown.stdout
    assert "\0" not in shown.stdout
    assert "replay now: it would be rejected again: NotUtf8: value: not UTF-8" in shown.stdout
    assert f"\nreplayed: {NOW:%Y}" in box.command("show", IDS[2]).stdout


def test_show_says_of_an_emptied_value_how_large_it_was(box: LetterBox) -> None:
    assert "value lost: 5000 bytes, SHA-256 " in box.command("show", IDS[3]).stdout
    assert box.command("show", IDS[3], "--raw").is_one_clear_line(IDS[3], "5000 bytes")


def test_a_senseless_since_is_one_clear_line(box: LetterBox) -> None:
    assert box.command("list", "--since", "yesterday").is_one_clear_line("--since", "2h", "'yesterday'")


def test_a_missing_dead_letter_topic_is_one_clear_line(box: LetterBox) -> None:
    ran = jejak("dead-letters", "list", settings=box.environment | {"JEJAK_TOPIC_PREFIX": "nowhere."})
    assert ran.is_one_clear_line("nowhere.dead-letters", "jejak topics"), ran


@pytest.mark.parametrize("hours", [0, 0.5, 1, 1.2, 2, 5, 100])
def test_the_broker_s_index_of_times_saves_reading_and_changes_nothing(box: LetterBox, hours: float) -> None:
    since = hours_ago(hours)
    wanted = {index for index, item in enumerate(LETTERS) if (item.at_ms or 0) >= since}
    found = {json.dumps(letter.place) for letter in box.letters(Selection(since_ms=since))}
    assert found == {json.dumps([*map(int, IDS[index].split(":"))]) for index in wanted}


def test_a_letter_from_a_clock_that_runs_ahead_is_found_where_the_broker_s_index_does_not_know_it(
    stack: Stack, loop: BackgroundLoop
) -> None:
    ahead = LetterBox(stack, loop)
    ahead.put([Rejected(b"now"), Rejected(b"ahead", at_ms=hours_ago(-0.5))])
    assert [letter.value for letter in ahead.letters(Selection(since_ms=hours_ago(-0.25)))] == [b"ahead"]
