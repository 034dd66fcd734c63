"""The door before `events`, and the looks around each INSERT: what ClickHouse itself does at every step."""

from collections.abc import Callable
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.httpclient import HttpClient
from typer.testing import CliRunner

from commands.main import app
from processors.stream.row import COLUMNS, FORMAT
from projections.door import CONSTRAINT
from projections.migrate import migrate
from projections.server_version import version_warning
from projections.state import object_names
from projections.statements import statements
from tests.support.jejak import jejak
from tests.support.space import Space

ROW = b'["w","s","1","session.started",1735689600,0,"c","","cv","se",{"initiator":"contact","session_id":"se"}]'


class KilledError(Exception):
    """The migration ended here."""


def _insert(client: Client) -> None:
    client.raw_insert("events", COLUMNS, ROW, fmt=FORMAT)


def _made_anew(space: Space, stop_before: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Migrate an absent database, killed before one of its statements in it; returns how many there were."""
    space.client.command(f"DROP DATABASE IF EXISTS `{space.name}` SYNC")
    asked = 0

    def counted(self: HttpClient, cmd: str, *arguments: Any, **options: Any) -> object:
        nonlocal asked
        if self.database == space.name:
            asked += 1
            if asked == stop_before:
                raise KilledError
        return command(self, cmd, *arguments, **options)

    command = HttpClient.command
    with monkeypatch.context() as patched:
        patched.setattr(HttpClient, "command", counted)
        try:
            migrate(space.direct)
        except KilledError:
            return asked
    return asked + 1


def test_a_migration_killed_before_any_statement_leaves_no_gap_and_is_finished_by_the_next(
    new_space: Callable[..., Space], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hazard: a row is taken at a step at which a view is not there yet.

    A row is inserted after each step. It fails where ClickHouse takes one before all views are there, and where the
    next migration does not finish what was begun.
    """
    space = new_space()
    every = _made_anew(space, -1, monkeypatch) - 1
    views = [item.name for item in statements() if item.kind == "MATERIALIZED VIEW"]
    assert every > len(statements())
    # One statement is like the next: the first, one in the middle, the last, and none.
    for step in (3, every // 2, every, every + 1):
        _made_anew(space, step, monkeypatch)
        there = object_names(space.client)
        if step <= every and "events" in there:
            with pytest.raises(ClickHouseError, match=CONSTRAINT):
                _insert(space.client)
        elif step > every:
            assert set(views) <= there
        finished = migrate(space.direct)
        assert finished.drift == []
        assert finished.opened == (step <= every)
        _insert(space.client)
        assert space.stored() == space.stored("session_starts FINAL") == 1


def test_a_shut_door_is_told_and_migrate_opens_it(new_space: Callable[..., Space]) -> None:
    space = new_space()
    space.client.command(f"ALTER TABLE events ADD CONSTRAINT {CONSTRAINT} CHECK 0")
    checked = jejak("migrate", "--check", settings=space.environment)
    assert checked.is_one_clear_line("takes no rows", "jejak migrate"), checked
    rebuilt = jejak("rebuild", settings=space.environment)
    assert rebuilt.is_one_clear_line("takes no rows", "jejak migrate"), rebuilt
    told = jejak("status", "--json", settings=space.environment)
    assert told.status == 1
    assert [line for line in told.rows[0]["problems"] if "takes no rows" in line and "jejak migrate" in line]
    opened = jejak("migrate", settings=space.environment)
    assert (opened.status, opened.stdout.strip()) == (0, "opened    events"), opened
    assert jejak("migrate", settings=space.environment).stdout.strip() == "up to date"
    _insert(space.client)


def test_an_open_door_is_not_shut_again_by_an_upgrade(new_space: Callable[..., Space]) -> None:
    space = new_space()
    space.client.command("DROP TABLE session_ends SYNC")
    space.client.command("DROP VIEW session_ends_from_events SYNC")
    outcome = migrate(space.direct)
    assert (outcome.created, outcome.opened) == (["session_ends", "session_ends_from_events"], False)


def test_a_server_with_a_known_hole_is_warned_of_and_migrated_all_the_same(
    new_space: Callable[..., Space], monkeypatch: pytest.MonkeyPatch
) -> None:
    space = new_space()
    for name, value in space.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("projections.migrate.version_warning", lambda _: version_warning("26.3.22.5"))
    ran = CliRunner().invoke(app, ["migrate"])
    assert (ran.exit_code, ran.stdout.strip()) == (0, "up to date")
    assert ran.stderr.startswith("jejak: warning: ClickHouse 26.3.22.5 ")
    assert len(ran.stderr.splitlines()) == 1
