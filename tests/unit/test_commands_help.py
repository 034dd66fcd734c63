"""The help of every command: in plain text, within a terminal's width, and without importing what it describes."""

from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from commands.dead_letters.group import app as dead_letters
from commands.main import app
from tests.support.imports import SLOW, imported_by

#: Narrower than this no terminal is.
WIDTH = 80


def groups() -> dict[tuple[str, ...], typer.Typer]:
    return {(): app, ("dead-letters",): dead_letters}


def command_lines() -> Iterator[tuple[str, ...]]:
    """Every command and every group, as one types it."""
    for path, group in groups().items():
        yield path
        for name in typer.main.get_command(group).commands:  # type: ignore[attr-defined]
            yield (*path, name)
    yield ("import", "whatsapp")


@pytest.mark.parametrize("words", sorted(set(command_lines())), ids=" ".join)
def test_every_command_has_a_help_in_plain_text(words: tuple[str, ...]) -> None:
    ran = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": str(WIDTH), "TERMINAL_WIDTH": str(WIDTH)})
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.startswith(f"Usage: jejak {' '.join(words)}".rstrip())
    assert "─" not in ran.stdout
    assert "--install-completion" not in ran.stdout
    assert all(len(line) <= WIDTH for line in ran.stdout.splitlines())


@pytest.mark.parametrize("path", list(groups()), ids=" ".join)
def test_a_group_lists_each_command_in_one_whole_line(path: tuple[str, ...]) -> None:
    ran = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": str(WIDTH), "TERMINAL_WIDTH": str(WIDTH)})
    listed = ran.stdout.split("Commands:\n")[1].splitlines()
    names = list(typer.main.get_command(groups()[path]).commands)  # type: ignore[attr-defined]
    assert [line.split()[0] for line in listed] == names
    assert all(line.endswith(".") for line in listed), listed


@pytest.mark.parametrize(
    ("words", "meant"), [(("jurney",), "journey"), (("dead-letters", "replya"), "replay")], ids=str
)
def test_a_mistyped_command_is_told_the_one_that_is_near(words: tuple[str, ...], meant: str) -> None:
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == 2
    assert meant in ran.stderr


def test_the_list_of_commands_imports_none_of_them() -> None:
    """It can fail: with commands that the group imports to ask for their help."""
    modules = imported_by("--help")
    ours = {name for name in modules if name.startswith(("commands.", "projections", "producers", "deploy"))}
    assert {name for name in ours if not name.startswith("commands.terminal")} == {"commands.main"}
    assert "pydantic" not in modules


@pytest.mark.parametrize("command", ["journey", "conversations", "contacts", "leads", "pipeline", "status", "worker"])
def test_a_commands_help_needs_neither_kafka_nor_clickhouse(command: str) -> None:
    modules = imported_by(command, "--help")
    assert modules.isdisjoint(SLOW), modules.intersection(SLOW)
