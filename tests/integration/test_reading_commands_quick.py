"""Reading commands answer quickly: they import nothing large that they do not use."""

import pytest

from tests.support.imports import SLOW, imported_by
from tests.support.space import Space

READING = {
    "journey": ("--contact", "c"),
    "conversations": ("--status", "none"),
    "contacts": ("--search", "x"),
    "leads": ("--origin", "ads"),
    "pipeline": (),
}


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize("command", READING)
def test_a_reading_command_imports_nothing_large_that_it_does_not_use(pipeline: Space, command: str, form: str) -> None:
    """It can fail: with a module that imports all commands, or that explains errors and is imported before one."""
    words = [command, "--workspace=w", *READING[command], *(["--json"] if form == "json" else [])]
    modules = imported_by(*words, settings=pipeline.environment)
    assert "clickhouse_connect" in modules
    assert modules.isdisjoint(SLOW), modules.intersection(SLOW)
    assert modules.isdisjoint({f"commands.{name}" for name in READING if name != command})
