"""Ids and times as people give them to `jejak dead-letters`."""

import pytest
from typer.testing import CliRunner

from commands.dead_letters.selection import place_of, unknown_topics
from commands.main import app
from commands.terminal.errors import CommandError
from projections.readers.days import since_ms
from projections.readers.errors import ReadError
from schemas.settings import Settings

NOW_MS = 1_800_000_000_000


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("90s", NOW_MS - 90_000),
        ("30m", NOW_MS - 1_800_000),
        ("2h", NOW_MS - 7_200_000),
        ("7d", NOW_MS - 604_800_000),
        ("1w", NOW_MS - 604_800_000),
        ("2026-03-02", 1_772_384_400_000),
        ("2026-03-02T09:00:00+07:00", 1_772_416_800_000),
    ],
)
def test_since_is_a_time_ago_a_day_or_an_instant(text: str, wanted: int) -> None:
    assert since_ms("--since", text, "Asia/Jakarta", NOW_MS) == wanted


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2", "2y", "1.5h", "-2h", "2026-13-01", "²h", "2h\n", "9" * 30 + "d"]
)
def test_any_other_since_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ReadError, match="--since"):
        since_ms("--since", text, "UTC", NOW_MS)


def test_an_id_is_a_partition_and_an_offset() -> None:
    assert place_of("3:1234567890123") == (3, 1_234_567_890_123)


@pytest.mark.parametrize(
    "text", ["", "x", "0:", ":0", "-1:0", "0:0\n", "0:0:0", "²:0", "9" * 10 + ":0", "0:" + "9" * 19]
)
def test_anything_else_is_no_id(text: str) -> None:
    with pytest.raises(CommandError, match="no dead letter"):
        place_of(text)


@pytest.mark.parametrize(
    ("topics", "told"),
    [
        (None, ""),
        (["messages", "journey.touches"], ""),
        (["mesages"], "; there is no topic 'mesages'; did you mean messages?"),
        (["journey.mesages"], "; there is no topic 'journey.mesages'; did you mean journey.messages?"),
        (["messages", "other.things"], "; there is no topic 'other.things'"),
    ],
)
def test_a_topic_that_does_not_exist_is_told_with_the_one_that_is_near(topics: list[str] | None, told: str) -> None:
    assert unknown_topics(Settings(_env_file=None), topics) == told


@pytest.mark.parametrize(
    ("reason", "told"), [("unknowntipe", "did you mean UnknownType?"), ("zzz", "RecordTooLarge, NotUtf8, NotJson")]
)
def test_a_reason_that_does_not_exist_is_told_with_those_that_do(reason: str, told: str) -> None:
    ran = CliRunner().invoke(app, ["dead-letters", "list", "--reason", reason])
    assert ran.exit_code == 2
    assert told in " ".join(ran.stderr.split())
