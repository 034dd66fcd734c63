"""The README does not lie: its commands are run in its order, and what they write is what it shows.

The commands run as a reader would type them, in one shell, against one `jejak up`. Three things are exchanged: the
default ports for free ones, the two `.example` hosts for that stack, and `jejak up`'s command line gets the options for
that. `make` targets are not run here. What may differ from what is shown, the README marks with `…` (see
`tests/support/readme.py`). Questions may be asked again for a few seconds, because events take their time.
"""

import re
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import typer

from commands import demo
from commands.main import app
from producers.simulator import Scenario, simulate
from producers.whatsapp import WhatsAppImport, read_bodies, sample_files
from schemas.settings import Settings
from tests.support.processes import ROOT, environment
from tests.support.readme import File, Service, Shell, Step, matches, script

README = (ROOT / "README.md").read_text(encoding="utf-8")

_SERVICES = ("jejak up", "jejak worker")
_QUESTIONS = ("jejak journey", "jejak dead-letters", "jejak status", "curl ")
_PATIENCE_SECONDS = 10.0
_START_SECONDS = 60.0


class Reader:
    """Does what the README says, in a directory of its own that has what a clone has."""

    def __init__(self, directory: Path, cleanup: ExitStack) -> None:
        self._directory = directory
        self._cleanup = cleanup
        self._ports: dict[str, str] = {"6067": str(_free_port())}
        self.services: list[Service] = []
        (directory / ".venv").symlink_to(sys.prefix)
        (directory / "producers").symlink_to(ROOT / "producers")
        # The embedded broker holds the first join for half a session.
        self._environment = environment({"TZ": "UTC", "LC_ALL": "C.UTF-8", "JEJAK_KAFKA_SESSION_SECONDS": "6"})
        self._start_stack()
        self._shell = Shell(directory, self._environment)
        cleanup.callback(self._shell.close)

    def _start_stack(self) -> None:
        """Start what the README calls `jejak up`, on free ports, and lead all that follows there."""
        step = next(item for item in script(README) if isinstance(item, Step) and item.command.endswith("jejak up"))
        free = "--kafka-port 0 --clickhouse-port 0 --http-port 0 --data-dir data"
        stack = self._serve(f"{step.command} {free}", self._environment)
        _wait_for(lambda: "ready" in stack.said() or not stack.alive, _START_SECONDS)
        line = stack.said()
        found = re.findall(r"127\.0\.0\.1:(\d+)", line)
        assert len(found) == 3, line
        self._ports |= dict(zip(("9092", "8123", "6066"), found, strict=True))
        for default, port in self._ports.items():
            line = line.replace(f":{port}", f":{default}")
        assert matches(step.shown, line), line
        self._environment |= {
            "JEJAK_KAFKA_BOOTSTRAP_SERVERS": self._here("127.0.0.1:9092"),
            "JEJAK_CLICKHOUSE_URL": self._here("http://default:@127.0.0.1:8123/jejak"),
        }

    def _serve(self, command: str, variables: dict[str, str]) -> Service:
        service = Service(command, self._directory, variables)
        self._cleanup.callback(service.stop)
        self.services.append(service)
        return service

    def _here(self, text: str) -> str:
        """A text of the README with this stack's addresses."""
        text = text.replace("jejak:secret@clickhouse.example", "default:@127.0.0.1")
        text = text.replace("kafka.example", "127.0.0.1")
        return re.sub(r"\b(9092|8123|6066|6067)\b", lambda port: self._ports[port[0]], text)

    def does(self, item: File | Step) -> str | None:
        """Save a file or run a command; what is wrong, None where nothing is."""
        if isinstance(item, File):
            (self._directory / item.name).write_text(self._here(item.text), encoding="utf-8")
            return None
        command, shown = self._here(item.command), self._here(item.shown)
        said = self._serves(command, shown) if item.command in _SERVICES else self._asks(command, shown)
        return None if matches(shown, said) else f"$ {item.command}\n--- shown\n{item.shown}\n--- real\n{said}"

    def _serves(self, command: str, shown: str) -> str:
        service = self._serve(command, self._shell.environment())
        _wait_for(lambda: matches(shown, service.said()) or not service.alive, _PATIENCE_SECONDS * 2)
        return service.said()

    def _asks(self, command: str, shown: str) -> str:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        said = self._shell.run(command)
        while command.startswith(_QUESTIONS) and not matches(shown, said) and time.monotonic() < deadline:
            time.sleep(0.2)
            said = self._shell.run(command)
        return said


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(condition: Callable[[], bool], patience: float) -> None:
    deadline = time.monotonic() + patience
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


def _runnable() -> Iterator[File | Step]:
    """All but `make` and the stack itself, which is started before."""
    for item in script(README):
        if isinstance(item, File) or not (item.command.startswith("make ") or item.command.endswith("jejak up")):
            yield item


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README asks ClickHouse with curl")
def test_every_command_shows_what_the_readme_says(tmp_path: Path) -> None:
    with ExitStack() as cleanup:
        reader = Reader(tmp_path, cleanup)
        wrong = [complaint for item in _runnable() if (complaint := reader.does(item)) is not None]
        statuses = [service.stop() for service in reversed(reader.services)]
    assert not wrong, "\n\n".join(wrong)
    assert statuses == [0] * len(statuses)


def test_names_the_make_targets_there_are() -> None:
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets
    assert set(re.findall(r"\bmake ([a-z-]+)\b", _code(README))) == set(targets[1].split())


def test_names_the_commands_there_are() -> None:
    group = typer.main.get_command(app)
    named = set(re.findall(r"\bjejak ([a-z-]+)\b(?!=)", _code(README)))
    assert named == set(group.commands)  # type: ignore[attr-defined]


def test_lists_the_settings_with_their_defaults() -> None:
    rows = re.findall(r"^\| (`JEJAK_.*?) \| (.*?) \|", README, re.MULTILINE)
    listed = {name: default for names, default in rows for name in re.findall(r"`(JEJAK_\w+)`", names)}
    settings = Settings(_env_file=None)  # type: ignore[call-arg] # pydantic-settings' own
    assert listed == {f"JEJAK_{name.upper()}": _shown_default(value) for name, value in settings}


def _shown_default(value: object) -> str:
    secret = getattr(value, "get_secret_value", None)
    text = secret() if secret else value
    return "–" if text is None else f"`{text}`"


def test_lists_folders_and_files_that_exist() -> None:
    named = re.findall(r"`((?:\w+/)+(?:\w+\.\w+)?)`", README)
    assert len(named) > 8
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_shows_the_demo_s_own_numbers() -> None:
    importer = WhatsAppImport(demo.WORKSPACE)
    imported = 0
    for path in sample_files():
        with path.open("rb") as stream:
            imported += sum(len(list(importer.events(body))) for body in read_bodies(stream, path.name))
    scenario = Scenario(contacts=demo.CONTACTS, days=30, seed=demo.SEED, workspace=demo.WORKSPACE)
    simulated = sum(1 for _ in simulate(scenario))
    assert f"Imported {importer.report.bodies} sample WhatsApp webhooks: {imported} events appended" in README
    assert f"Simulated a month of {demo.CONTACTS:,} contacts: {simulated:,} events appended." in README
    assert f"stored all {imported + simulated:,} of them" in README


def _code(text: str) -> str:
    """What stands in code blocks and in backticks, where a line may end within it."""
    return "\n".join(re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL))


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
