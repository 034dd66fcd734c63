"""`jejak leads --since --until`: days are those of JEJAK_TIMEZONE, instants are exact, and the last is included."""

from collections.abc import Callable

import pytest

from projections.readers.days import begin_ms, end_ms
from projections.readers.errors import ReadError
from tests.support.events import event, new_workspace
from tests.support.reading import read
from tests.support.space import Space


@pytest.fixture(scope="module")
def midnight(pipeline: Space) -> str:
    """Leads around the midnight of Jakarta that begins 2 January 2026."""
    workspace = new_workspace()
    moments = {"before": "2026-01-01T16:59:59.999Z", "at": "2026-01-01T17:00:00Z", "behind": "2026-01-02T16:59:59.999Z",
               "next": "2026-01-02T17:00:00Z"}  # fmt: skip
    pipeline.append_events(
        [
            event(
                "message.incoming",
                workspace,
                {"contact_id": name, "conversation_id": "k", "message_id": "m"},
                time=time,
            )
            for name, time in moments.items()
        ]
    )
    pipeline.until_committed()
    return workspace


@pytest.mark.parametrize(
    ("options", "zone", "found"),
    [
        (["--since=2026-01-02"], "Asia/Jakarta", ["next", "behind", "at"]),
        (["--until=2026-01-02"], "Asia/Jakarta", ["behind", "at", "before"]),
        (["--since=2026-01-02", "--until=2026-01-02"], "Asia/Jakarta", ["behind", "at"]),
        (["--since=2026-01-02", "--until=2026-01-02"], "UTC", ["next", "behind"]),
        (["--since=2026-01-02T00:00:00+07:00"], "UTC", ["next", "behind", "at"]),
        (["--until=2026-01-01T17:00:00Z"], "Asia/Jakarta", ["at", "before"]),
        (["--since=2026-01-02", "--until=2026-01-01"], "UTC", []),
        (["--until=9999-12-31", "--since=0001-01-01"], "Asia/Jakarta", ["next", "behind", "at", "before"]),
    ],
)
def test_days_are_those_of_the_setting_and_the_last_is_included(
    pipeline: Space, midnight: str, options: list[str], zone: str, found: list[str]
) -> None:
    ran = read(pipeline, "leads", "--workspace", midnight, *options, "--json", JEJAK_TIMEZONE=zone)
    assert [row["contact_id"] for row in ran.rows] == found, ran.stderr


@pytest.mark.parametrize("bound", [begin_ms, end_ms])
@pytest.mark.parametrize("text", ["", "x", "2026-02-30", "2026-1-1", "2026-01-01T00:00:00", "2026-W01-1", "٢٠٢٦-01-01"])
def test_what_is_neither_a_day_nor_an_instant_is_refused(bound: Callable[..., int], text: str) -> None:
    with pytest.raises(ReadError, match="--since"):
        bound("--since", text, "UTC")


def test_a_day_is_as_long_as_its_clocks_make_it() -> None:
    hours = {
        ("2026-03-29", "Europe/Berlin"): 23,
        ("2026-10-25", "Europe/Berlin"): 25,
        ("2026-04-24", "Africa/Cairo"): 23,
        ("2026-01-01", "Asia/Jakarta"): 24,
    }
    for (day, zone), length in hours.items():
        assert end_ms("", day, zone) - begin_ms("", day, zone) == length * 3_600_000, day
