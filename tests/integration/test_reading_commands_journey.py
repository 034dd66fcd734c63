"""`jejak journey`: whose it is, page by page, and how it is shown."""

import json
import re
from typing import Any

import pytest

from tests.support.events import event, new_workspace
from tests.support.jejak import jejak
from tests.support.reading import read, records
from tests.support.space import Space

ODD_TEXT = 'satu, "dua"\r\ntiga\r[bold]empat[/bold] \x1b[31mlima 🫘 \u202eenam'


def message(workspace: str, contact: str, text: str, **attributes: Any) -> dict[str, Any]:
    data = {"contact_id": contact, "conversation_id": f"of {contact}", "message_id": "m", "text": text}
    return event("message.incoming", workspace, data, **attributes)


def profile(workspace: str, contact: str, **fields: Any) -> dict[str, Any]:
    return event("contact.updated", workspace, {"contact_id": contact} | fields)


def merge(workspace: str, previous: str, contact: str) -> dict[str, Any]:
    return event("contact.merged", workspace, {"contact_id": contact, "previous_id": previous})


@pytest.fixture(scope="module")
def crowded(pipeline: Space) -> str:
    """A contact with 12 entries, most of them in one millisecond, in one conversation."""
    workspace = new_workspace()
    times = ["2025-03-14T12:00:00.000Z"] * 9 + [f"2025-03-14T12:00:00.00{n}Z" for n in (1, 1, 2)]
    pipeline.append_events([message(workspace, "c", str(n), time=time) for n, time in enumerate(times)])
    pipeline.until_committed()
    return workspace


@pytest.mark.parametrize("subject", [("--contact", "c"), ("--conversation", "of c")], ids=lambda item: item[0])
@pytest.mark.parametrize("direction", ["--newest-first", "--oldest-first"])
@pytest.mark.parametrize("limit", [1, 5, 12])
def test_pages_show_every_entry_exactly_once_in_its_order(
    pipeline: Space, crowded: str, subject: tuple[str, str], direction: str, limit: int
) -> None:
    shown: list[str] = []
    further: list[str] = []
    while True:
        options = (*subject, direction, "--limit", str(limit), *further)
        page = read(pipeline, "journey", "--workspace", crowded, *options, "--json")
        assert page.status == 0, page.stderr
        assert len(page.rows) <= limit
        shown += [row["event_order"] for row in page.rows]
        hint = re.search(r"the next page: (--before|--after) (\d+)\n", page.stderr)
        if hint is None:
            break
        assert len(page.rows) == limit
        further = [hint[1], hint[2]]
    order = "ASC" if direction == "--oldest-first" else "DESC"
    wanted = pipeline.query(
        "SELECT toString(event_order) AS o FROM journey WHERE workspace_id = {w:String}"
        f" ORDER BY journey.event_order {order}",
        w=crowded,
    )
    assert shown == [row["o"] for row in wanted]
    assert len(set(shown)) == 12


def test_before_and_after_leave_out_the_entry_they_name(pipeline: Space, crowded: str) -> None:
    command = ("journey", "--workspace", crowded, "--contact", "c", "--json")
    orders = [row["event_order"] for row in read(pipeline, *command, "--oldest-first").rows]
    between = read(pipeline, *command, "--after", orders[2], "--before", orders[6])
    assert [row["event_order"] for row in between.rows] == orders[5:2:-1]
    for wrong in ("x", "-1", "1.5", str(2**256), "٣", "9" * 5000):
        ran = read(pipeline, *command, f"--before={wrong}")
        assert ran.is_one_clear_line("--before", "event_order"), ran


def test_a_contact_that_was_merged_away_is_read_as_the_one_it_became(pipeline: Space) -> None:
    workspace = new_workspace()
    tie = event("contact.identified", workspace, {"visitor_id": "v", "contact_id": "first"})
    merges = [merge(workspace, "first", "second"), merge(workspace, "second", "third")]
    pipeline.append_events([message(workspace, name, name) for name in ("first", "second", "third")] + [tie, *merges])
    pipeline.until_committed()
    for subject in ("--contact=first", "--visitor=v"):
        ran = read(pipeline, "journey", "--workspace", workspace, subject, "--json")
        assert {row["summary"] for row in ran.rows} == {"first", "second", "third"}
        assert {row["contact_id"] for row in ran.rows} == {"third"}
        assert ran.stderr == "contact 'first' was merged into 'third', whose journey this is\n"
    assert read(pipeline, "journey", "--workspace", workspace, "--contact=third").stderr == ""


def test_a_contact_is_found_by_its_phone_number_however_it_is_written(pipeline: Space) -> None:
    workspace = new_workspace()
    profiles = [
        profile(workspace, "ana", name="Ana", phone="+6281234567890"),
        profile(workspace, "left over", phone="+6281234567891"),
        profile(workspace, "odd", phone="+62081299999999"),
        merge(workspace, "left over", "ana"),
    ]
    pipeline.append_events([*profiles, message(workspace, "ana", "halo"), message(workspace, "odd", "hai")])
    pipeline.until_committed()
    command = ("journey", "--workspace", workspace, "--json", "--phone")
    phone = pipeline.value(
        "SELECT phone FROM contacts WHERE workspace_id = {w:String} AND contact_id = 'ana'", w=workspace
    )
    for spelling in (phone, phone[1:], f"00{phone[1:]}", f"{phone[:3]} {phone[3:6]}-{phone[6:10]}.{phone[10:]}"):
        assert [row["summary"] for row in read(pipeline, *command, spelling).rows] == ["halo"], spelling
    assert [row["summary"] for row in read(pipeline, *command, "+62081299999999").rows] == ["hai"]
    assert read(pipeline, *command, "0812-3456-7890").is_one_clear_line("no contact", "country code")
    assert read(pipeline, *command, "+6281111111111").is_one_clear_line("no contact", "+6281111111111")


def test_several_contacts_with_one_phone_number_are_named(pipeline: Space) -> None:
    workspace = new_workspace()
    shared = [profile(workspace, f"c{n}", phone="+6281234567890", name=f"Nama {n}") for n in range(3)]
    pipeline.append_events(shared)
    pipeline.until_committed()
    ran = read(pipeline, "journey", "--workspace", workspace, "--phone", "+62 812 3456 7890")
    assert ran.is_one_clear_line("+6281234567890", "'c0' ('Nama 0')", "'c1'", "'c2'", "--contact"), ran


@pytest.fixture(scope="module")
def odd(pipeline: Space) -> str:
    """A contact with one message whose text would do harm, where it could."""
    workspace = new_workspace()
    pipeline.append_events([message(workspace, "[red]c[/red]", ODD_TEXT, id="odd")])
    pipeline.until_committed()
    return workspace


def test_machines_get_all_columns_of_the_view_with_nothing_changed(pipeline: Space, odd: str) -> None:
    command = ("journey", "--workspace", odd, "--contact", "[red]c[/red]")
    columns = [row["name"] for row in pipeline.query("DESCRIBE TABLE journey")]
    (row,) = read(pipeline, *command, "--json").rows
    assert sorted(row) == sorted(columns)
    assert json.loads(row["data"])["text"] == ODD_TEXT
    assert (row["occurred_at"], row["session_id"]) == ("2025-03-14T12:00:00.000Z", None)
    assert re.fullmatch(r"\d{60,78}", row["event_order"])
    (record,) = records(read(pipeline, *command, "--csv"))
    assert record == {name: "" if value is None else value for name, value in row.items()}


def test_people_get_one_line_an_entry_that_can_only_be_read(pipeline: Space, odd: str) -> None:
    ran = read(
        pipeline, "journey", "--workspace", odd, "--conversation", "of [red]c[/red]", FORCE_COLOR="1", COLUMNS="220"
    )
    assert ran.status == 0, ran.stderr
    last = ran.stdout.splitlines()[-1]
    assert 'satu, "dua" tiga [bold]empat[/bold] \\x1b[31mlima 🫘 \\u202eenam' in last
    assert len(ran.stdout.splitlines()) == 2


def test_a_wide_terminal_has_room_for_category_and_conversation(pipeline: Space, odd: str) -> None:
    command = ("journey", "--workspace", odd, "--contact", "[red]c[/red]")
    wide = read(pipeline, *command, FORCE_COLOR="1", COLUMNS="220").stdout
    assert "internal" in wide
    assert "of [red]c[/red]" in wide
    assert "\x1b[36m" in wide
    narrow = read(pipeline, *command, FORCE_COLOR="1", COLUMNS="100").stdout
    assert "internal" not in narrow
    piped = read(pipeline, *command).stdout
    assert piped.splitlines()[0].split() == ["when", "title", "who", "what"]
    assert "\x1b" not in piped


def test_tables_are_in_the_terminals_zone(pipeline: Space, odd: str) -> None:
    settings = pipeline.environment | {"TZ": "Asia/Jakarta"}
    ran = jejak("journey", "--workspace", odd, "--contact", "[red]c[/red]", settings=settings)
    assert "2025-03-14 19:00:00" in ran.stdout
