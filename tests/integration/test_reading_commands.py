"""`jejak conversations`, `contacts` and `pipeline`: the lists and the board."""

import json
import re
from typing import Any

import pytest

from commands.pipeline import bar
from tests.support.events import event, new_workspace
from tests.support.reading import read, records
from tests.support.space import Space


def status(workspace: str, name: str, label: str, color: str, position: int) -> dict[str, Any]:
    data = {"status_id": name, "name": label, "color": color, "position": position}
    return event("pipeline_status.defined", workspace, data)


def moved(workspace: str, name: str, to: str | None) -> dict[str, Any]:
    return event("pipeline.changed", workspace, {"contact_id": f"c{name}", "conversation_id": name, "to_status_id": to})


def labelled(workspace: str, name: str, label: str) -> dict[str, Any]:
    data = {"contact_id": f"c{name}", "conversation_id": name, "label_id": label, "label_name": f"Label, {label}"}
    return event("label.added", workspace, data)


def written(workspace: str, name: str, second: int, channel: str) -> dict[str, Any]:
    data = {"contact_id": f"c{name}", "conversation_id": name, "message_id": "m", "text": "halo", "channel": channel}
    return event("message.incoming", workspace, data, time=f"2025-03-14T12:00:{second:02d}Z")


@pytest.fixture(scope="module")
def shop(pipeline: Space) -> str:
    """Five conversations, 0 with the newest message and 4 with none: won, won, deleted status, undefined, none."""
    workspace = new_workspace()
    profiles = [
        ("c0", {"name": "Ana Ćosić", "phone": "+6281234567890"}),
        ("c1", {"name": "Budi [bold]", "email": "BUDI_100%@kopi.id"}),
    ]
    pipeline.append_events(
        [
            status(workspace, "won", "Purchase", "#00AA55", 1),
            status(workspace, "new", "Leads", "#0055AA", 0),
            status(workspace, "idle", "Idle", "#AAAAAA", 2),
            status(workspace, "gone", "Gone", "#AA0000", 3),
            event("pipeline_status.deleted", workspace, {"status_id": "gone"}, time="2025-03-15T12:00:00Z"),
            *(written(workspace, str(n), 30 - n, ("whatsapp", "web")[n % 2]) for n in range(4)),
            *(moved(workspace, str(n), to) for n, to in enumerate(["won", "won", "gone", "nobody knows", None])),
            *(labelled(workspace, "1", label) for label in ("b", "a")),
            *(event("contact.updated", workspace, {"contact_id": name} | fields) for name, fields in profiles),
        ]
    )
    pipeline.until_committed()
    return workspace


def ids(space: Space, command: str, workspace: str, *options: str) -> list[str]:
    """The ids that a list shows, in its order."""
    ran = read(space, command, "--workspace", workspace, *options, "--json")
    assert ran.status == 0, ran.stderr
    return [row[f"{command.removesuffix('s')}_id"] for row in ran.rows]


def test_conversations_come_with_the_newest_message_first_and_can_be_filtered(pipeline: Space, shop: str) -> None:
    assert ids(pipeline, "conversations", shop) == ["0", "1", "2", "3", "4"]
    for option, wanted in {
        "--status=won": ["0", "1"],
        "--status=Purchase": ["0", "1"],
        "--status=purchase": [],
        "--status=Gone": ["2"],
        "--status=nobody knows": ["3"],
        "--status=none": ["4"],
        "--label=Label, a": ["1"],
        "--label=a": [],
        "--channel=web": ["1", "3"],
    }.items():
        assert ids(pipeline, "conversations", shop, option) == wanted, option
    assert ids(pipeline, "conversations", shop, "--status=won", "--channel=whatsapp") == ["0"]


def test_conversations_have_the_columns_and_values_of_the_view(pipeline: Space, shop: str) -> None:
    rows = read(pipeline, "conversations", "--workspace", shop, "--json").rows
    assert sorted(rows[0]) == sorted(row["name"] for row in pipeline.query("DESCRIBE TABLE conversations"))
    assert rows[1]["labels"] == ["Label, a", "Label, b"]
    assert rows[1]["status_color"] == "#00AA55"
    assert rows[1]["last_message_at"] == "2025-03-14T12:00:29.000Z"
    assert (rows[4]["status_id"], rows[4]["last_message_at"], rows[4]["labels"]) == (None, None, [])
    in_csv = records(read(pipeline, "conversations", "--workspace", shop, "--csv"))
    assert json.loads(in_csv[1]["labels"]) == ["Label, a", "Label, b"]
    assert in_csv[4]["status_id"] == ""
    table = read(pipeline, "conversations", "--workspace", shop).stdout
    assert "● Purchase" in table
    assert "Gone (deleted)" in table


def test_conversations_show_the_name_of_their_status_and_since_when(pipeline: Space, shop: str) -> None:
    shown = read(pipeline, "conversations", "--workspace", shop, TZ="UTC").stdout.splitlines()
    assert "status" in shown[0]
    assert "since" in shown[0]
    changed = read(pipeline, "conversations", "--workspace", shop, "--json").rows[0]["status_changed_at"]
    assert re.search(rf"● Purchase +{changed[:19].replace('T', ' ')}", shown[1])


@pytest.mark.parametrize("command", ["conversations", "contacts"])
def test_a_status_that_does_not_exist_is_told_with_the_one_that_is_near(
    pipeline: Space, shop: str, command: str
) -> None:
    ran = read(pipeline, command, "--workspace", shop, "--status=purchse")
    assert ran.stderr == f"no status 'purchse' in workspace '{shop}'; did you mean Purchase?\n"
    assert read(pipeline, command, "--workspace", shop, "--status=Idle").stderr.startswith("no such ")


def test_contacts_are_found_by_status_and_by_any_part_of_their_profile(pipeline: Space, shop: str) -> None:
    assert ids(pipeline, "contacts", shop) == ["c0", "c1", "c2", "c3", "c4"]
    for option, wanted in {
        "--status=won": ["c0", "c1"],
        "--status=Purchase": ["c0", "c1"],
        "--status=nobody knows": ["c3"],
        "--status=Idle": [],
        "--status=none": ["c4"],
        "--search=ana ć": ["c0"],
        "--search=ĆOS": ["c0"],
        "--search=1234567": ["c0"],
        "--search=budi_100%": ["c1"],
        "--search=C3": ["c3"],
        "--search=%": ["c1"],
        "--search=[bold]": ["c1"],
        "--search=nowhere": [],
    }.items():
        assert ids(pipeline, "contacts", shop, option) == wanted, option
    first = read(pipeline, "contacts", "--workspace", shop, "--json", "--limit=1").rows[0]
    assert first == {
        "workspace_id": shop, "contact_id": "c0", "name": "Ana Ćosić", "phone": "+6281234567890", "email": None,
        "status_ids": ["won"], "first_seen_at": "2025-03-14T12:00:30.000Z", "last_seen_at": "2025-03-14T12:00:30.000Z",
    }  # fmt: skip
    table = read(pipeline, "contacts", "--workspace", shop).stdout
    assert "Budi [bold]" in table
    assert "● Purchase" in table


def test_the_board_is_in_its_order_with_its_colours_and_bars(pipeline: Space, shop: str) -> None:
    rows = read(pipeline, "pipeline", "--workspace", shop, "--json").rows
    assert [(row["status_id"], row["position"], row["conversations"], row["contacts"]) for row in rows] == [
        ("new", 0, 0, 0),
        ("won", 1, 2, 2),
        ("idle", 2, 0, 0),
        ("gone", 3, 1, 1),
        ("nobody knows", None, 1, 1),
    ]
    shown = read(
        pipeline, "pipeline", "--workspace", shop, FORCE_COLOR="1", COLORTERM="truecolor", TERM="xterm", COLUMNS="90"
    ).stdout.splitlines()
    names = ("Leads", "Purchase", "Idle", "Gone", "nobody knows")
    assert [next(name for name in names if name in line) for line in shown[1:]] == list(names)
    assert [line.count("█") for line in shown[1:]] == [0, 30, 0, 15, 15]
    assert "\x1b[38;2;0;170;85m" in shown[2]
    assert "●" not in shown[5]


def test_a_bar_is_a_sliver_for_little_and_nothing_for_nothing() -> None:
    assert [bar(value, 1000, 10) for value in (0, 1, 500, 1000)] == ["", "▏", "█" * 5, "█" * 10]
    assert bar(0, 0, 10) == ""


def test_a_list_says_where_it_ends_before_its_end(pipeline: Space, shop: str) -> None:
    for command, count in {"conversations": 5, "contacts": 5, "leads": 4}.items():
        ran = read(pipeline, command, "--workspace", shop, "--json", f"--limit={count - 1}")
        assert len(ran.rows) == count - 1
        assert ran.stderr.count("\n") == 1
        assert "--limit" in ran.stderr
        whole = read(pipeline, command, "--workspace", shop, "--json", f"--limit={count}")
        assert (len(whole.rows), whole.stderr) == (count, "")
