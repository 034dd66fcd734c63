"""The README does not lie: its commands are run in its order, and what they write is what it shows.

The commands run as a reader would type them, in one shell, against one `jejak up` (see `tests/support/reader.py`).
`make` targets are not run here. What may differ from what is shown, the README marks with `…` (see
`tests/support/readme.py`). The pages under `docs/` that show commands are read in the same way, and what else documents
say is checked by `tests/unit/test_documents.py`.
"""

import shutil
from pathlib import Path

import pytest

from commands import demo
from commands.demo_webhooks import sample_bodies
from producers.simulator import Scenario, simulate
from tests.support.processes import ROOT
from tests.support.reader import reader
from tests.support.readme import File, Step, matches, script
from tests.support.webhooks import sample_events

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README asks ClickHouse with curl")
def test_every_command_shows_what_the_readme_says(tmp_path: Path) -> None:
    up = next(item for item in script(README) if isinstance(item, Step) and item.command.endswith("jejak up"))
    with reader(tmp_path) as somebody:
        assert matches(up.shown, somebody.greeting), somebody.greeting
        wrong = somebody.reads(README)
        statuses = somebody.stop()
    assert not wrong, "\n\n".join(wrong)
    assert statuses == [0] * len(statuses)


def test_shows_the_demo_s_own_numbers() -> None:
    sent, imported = len(list(sample_bodies())), len(sample_events(demo.WORKSPACE))
    scenario = Scenario(contacts=demo.CONTACTS, days=30, seed=demo.SEED, workspace=demo.WORKSPACE)
    simulated = sum(1 for _ in simulate(scenario))
    assert f"Sent {sent} sample WhatsApp webhooks through the front door: {imported} events appended" in README
    assert f"Simulated a month of {demo.CONTACTS:,} contacts: {simulated:,} events appended." in README
    assert f"stored all {imported + simulated:,} of them" in README


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        ("a\nb", "a  \nb\n\n"),
        ("2:0  …  why", "2:0  2026-11-21 20:00:00  why"),
        ("a\n…\nz", "a\nz"),
        ("a\n…\nz", "a\nb\nc\nz"),
        ("", ""),
    ],
)
def test_output_as_shown_is_taken(shown: str, real: str) -> None:
    assert matches(shown, real)


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        ("a", "b"),
        ("a", "a\nb"),
        ("a\nb", "a"),
        ("", "a"),
        ("a …", "a b\nc"),
        ("a\n…\nz", "a\nb"),
        ("  a", "a"),
        ("1.0", "1x0"),
    ],
)
def test_any_other_output_is_not(shown: str, real: str) -> None:
    assert not matches(shown, real)


def test_reads_files_commands_and_their_output() -> None:
    text = "x\n```json e.jsonl\n{}\n```\n```console\n$ a\n> b\n1\n2\n$ c\n```\n```text\n$ no\n```\n"
    assert list(script(text)) == [File("e.jsonl", "{}\n"), Step("a\nb", "1\n2"), Step("c", "")]
