"""What all reading commands have in common: empty answers, senseless options, and texts that would do harm."""

import pytest

from tests.support.events import event, new_workspace
from tests.support.jejak import jejak
from tests.support.reading import read, records
from tests.support.space import Space

COMMANDS = {
    "journey": ("--contact", "c"),
    "conversations": (),
    "contacts": (),
    "leads": (),
    "pipeline": (),
}
ODD_TEXTS = (
    "o'brien",
    'say "hi"',
    "back\\slash",
    "\\N",
    "x' OR 1 --",
    "two\nlines\ttabs",
    "🫘☕",
    "[bold]x[/bold]",
    "%_",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_workspace_is_just_empty(pipeline: Space, command: str) -> None:
    for form, lines in (("--json", 0), ("--csv", 1), (None, 1)):
        options = [*COMMANDS[command], *([form] if form else [])]
        ran = read(pipeline, command, "--workspace", "nowhere", *options)
        assert ran.status == 0, ran.stderr
        assert len(ran.stdout.splitlines()) == lines, ran.stdout
        assert ran.stderr.count("\n") == 1
        assert "nowhere" in ran.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_options_that_make_no_sense_are_said_so(pipeline: Space, command: str) -> None:
    both = jejak(command, "--workspace=w", *COMMANDS[command], "--json", "--csv", settings=pipeline.environment)
    assert both.is_one_clear_line("--json", "--csv"), both
    assert read(pipeline, command, *COMMANDS[command]).status == 2
    if command != "pipeline":
        for limit in ("0", "-1", "x", "1000001"):
            assert read(pipeline, command, "--workspace=w", *COMMANDS[command], f"--limit={limit}").status == 2
    assert read(pipeline, command, "--workspace=\udcff", *COMMANDS[command]).is_one_clear_line("--workspace", "UTF-8")


@pytest.mark.parametrize("number", range(len(ODD_TEXTS)))
def test_odd_texts_are_found_and_shown_as_they_are(pipeline: Space, number: int) -> None:
    text = ODD_TEXTS[number]
    workspace = f"{new_workspace()} {text}"
    data = {"contact_id": text, "conversation_id": text}
    pipeline.append_events(
        [
            event("message.incoming", workspace, data | {"message_id": "m", "text": text, "channel": text}),
            event("label.added", workspace, data | {"label_id": "l", "label_name": text}),
            event("pipeline.changed", workspace, data | {"to_status_id": text}),
            event("web.page_view", workspace, data | {"url": "/", "campaign": {"medium": "cpc", "name": text}}),
            event("contact.updated", workspace, {"contact_id": text, "name": text}),
        ]
    )
    pipeline.until_committed()
    for command, options in {
        "conversations": (f"--status={text}", f"--label={text}", f"--channel={text}"),
        "contacts": (f"--status={text}", f"--search={text}"),
        "leads": (f"--source={text}",),
        "pipeline": (),
    }.items():
        ran = read(pipeline, command, f"--workspace={workspace}", *options, "--json")
        assert len(ran.rows) == 1, (command, ran)
        assert text in ran.rows[0].values()
        assert len(records(read(pipeline, command, f"--workspace={workspace}", *options, "--csv"))) == 1
        table = read(pipeline, command, f"--workspace={workspace}", *options).stdout
        assert " ".join(text.split()) in table


def test_a_nul_finds_nothing_and_breaks_nothing(pipeline: Space) -> None:
    for command, option in {"conversations": "--label", "contacts": "--search", "leads": "--source"}.items():
        ran = read(pipeline, command, "--workspace", "w", option, "a\0'", "--json")
        assert (ran.status, ran.stdout) == (0, ""), ran
