"""Names from files, events and the command line are shown, never obeyed: no control character reaches a terminal."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from schemas.examples import EXAMPLES
from tests.support.jejak import Ran, jejak
from tests.support.space import Space

#: Clears the screen, sets the title, overwrites the line, turns the direction, sends what an 8-bit terminal obeys.
HOSTILE = "a\x1b[2J\x1b]0;x\x07\r\x9b31m\u202eb\x85\u2028c\x7f"
SAFE_NAME = HOSTILE.replace("/", "")


def harmless(ran: Ran) -> bool:
    """Whether what was written has no control character but line feeds, and none that turns the direction."""
    text = (ran.stdout + ran.stderr).replace("\n", "")
    return not any(unicodedata.category(char) in ("Cc", "Zl", "Zp") or char in "\u202e\u2066" for char in text)


def events() -> list[dict[str, Any]]:
    good = EXAMPLES["message.incoming"]
    return [
        good | {"type": HOSTILE},
        good | {"type": f"message.incoming{HOSTILE}"},
        good | {"specversion": HOSTILE},
        good | {"data": good["data"] | {HOSTILE: "\0"}},
        good | {HOSTILE: {HOSTILE: "\ud800"}},
        good | {"time": HOSTILE},
        good | {"data": good["data"] | {HOSTILE: float("inf")}},
    ]


@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["table", "json"])
def test_produce_shows_no_control_character_of_what_it_refuses(
    pipeline: Space, tmp_path: Path, as_json: list[str]
) -> None:
    file = tmp_path / SAFE_NAME
    lines = [json.dumps(event).encode() for event in events()] + [
        HOSTILE.encode("utf-8"),
        b"\x9b\xff\x1b[2J",
        b"<\x1b>",
    ]
    file.write_bytes(b"\n".join(line.replace(b"\n", b" ") for line in lines))
    ran = jejak("produce", str(file), *as_json, settings=pipeline.environment)
    assert ran.status == 1
    assert ran.stderr.count("line ") >= len(events())
    assert harmless(ran), ran


@pytest.mark.parametrize(
    "command",
    [
        ("produce", f"/no/such/{SAFE_NAME}"),
        ("produce", "one", SAFE_NAME),
        ("import", "whatsapp", "--workspace", "w", f"/no/such/{SAFE_NAME}"),
        (SAFE_NAME,),
        ("journey", f"--{SAFE_NAME}"),
        ("journey", "--workspace", HOSTILE, "--contact", HOSTILE, "--since", HOSTILE),
        ("dead-letters", "show", HOSTILE),
        ("dead-letters", "list", "--topic", HOSTILE),
        ("dead-letters", "list", "--reason", HOSTILE),
        ("simulate", "--contacts", HOSTILE),
        ("schemas", "--out", f"/proc/{SAFE_NAME}"),
    ],
    ids=lambda command: " ".join(command[:2]).encode("ascii", "replace").decode()[:30],
)
def test_no_command_shows_control_characters_of_its_command_line(pipeline: Space, command: tuple[str, ...]) -> None:
    ran = jejak(*command, settings=pipeline.environment)
    assert ran.stderr
    assert "Traceback" not in ran.stderr
    assert harmless(ran), ran


def test_the_import_shows_no_control_character_of_bodies_and_file_names(pipeline: Space, tmp_path: Path) -> None:
    value = {"messaging_product": "whatsapp", HOSTILE: [], "messages": [{"type": HOSTILE, "id": HOSTILE}]}
    body = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": HOSTILE, "value": value}]}]}
    messages = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
    file = tmp_path / SAFE_NAME
    file.write_bytes(b"\n".join([json.dumps(body).encode(), json.dumps(messages).encode(), b"{\x1b[2J", b"\x9b"]))
    for as_json in ([], ["--json"]):
        ran = jejak("import", "whatsapp", "--workspace", "w", str(file), *as_json, settings=pipeline.environment)
        assert ran.status == 1
        assert harmless(Ran(ran.status, "", ran.stderr)), ran


def test_rows_for_machines_mean_the_same_and_have_nothing_to_obey(pipeline: Space) -> None:
    contact = f"ct-{HOSTILE}"
    event = EXAMPLES["message.incoming"] | {"workspaceid": "ws_hostile", "id": HOSTILE}
    event["data"] = event["data"] | {"contact_id": contact, "text": HOSTILE}
    ran = jejak("produce", settings=pipeline.environment, stdin=json.dumps(event).encode())
    assert (ran.status, harmless(ran)) == (0, True), ran
    pipeline.until_committed()
    asked = ("journey", "--workspace", "ws_hostile", "--contact", contact)
    rows = jejak(*asked, "--json", settings=pipeline.environment)
    assert harmless(rows), rows
    (row,) = rows.rows
    assert (row["contact_id"], row["event_id"]) == (contact, HOSTILE)
    assert row["summary"] == HOSTILE.replace("\r", " ").replace("\x85\u2028", " ")
    assert harmless(jejak(*asked, settings=pipeline.environment))
