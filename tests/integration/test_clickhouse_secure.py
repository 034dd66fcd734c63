"""ClickHouse by user, password and https: every command and the worker get in, and who may not is told why."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.certificates import Authority
from tests.support.events import example, new_workspace
from tests.support.jejak import jejak
from tests.support.locked_clickhouse import LockedClickHouse, locked_clickhouse
from tests.support.loop import BackgroundLoop
from tests.support.space import Space, made_space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import running_worker, start_worker

USER = "j@jak"
#: All that has a meaning in a URL, and letters beyond ASCII.
PASSWORD = "p@:/#?%&+ %40é🫘"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"), "trusted")


@pytest.fixture(scope="module")
def locked(stack: Stack, loop: BackgroundLoop, authority: Authority) -> Iterator[LockedClickHouse]:
    certificate = authority.issue("clickhouse", "127.0.0.1")
    with locked_clickhouse(stack.clickhouse, USER, PASSWORD, certificate, loop) as door:
        yield door


@pytest.fixture(scope="module")
def space(stack: Stack, loop: BackgroundLoop) -> Iterator[Space]:
    with made_space(stack, loop) as made:
        yield made


def _settings(
    space: Space, door: LockedClickHouse, authority: Authority, password: str | None = None
) -> dict[str, str]:
    return space.environment | {
        "JEJAK_CLICKHOUSE_URL": f"{door.url(password)}/{space.name}",
        "JEJAK_CLICKHOUSE_CA_FILE": str(authority.file),
    }


def test_everything_works_over_https_with_a_password_of_odd_characters(
    space: Space, locked: LockedClickHouse, authority: Authority, tmp_path: Path
) -> None:
    settings = _settings(space, locked, authority)
    workspace = new_workspace()
    with running_worker(space, tmp_path, changes=settings):
        space.append_events([example("message.incoming", workspace)])
        space.until_committed()
        status = jejak("status", "--json", settings=settings)
    assert status.status == 0, status.stderr
    assert json.loads(status.stdout)["healthy"]
    for command in (("migrate",), ("rebuild",)):
        ran = jejak(*command, settings=settings)
        assert ran.status == 0, ran.stderr
    assert len(jejak("leads", "--workspace", workspace, "--json", settings=settings).rows) == 1


@pytest.mark.parametrize("command", [("status",), ("migrate",)], ids=" ".join)
def test_a_wrong_password_and_an_unknown_authority_are_one_clear_line(
    space: Space, locked: LockedClickHouse, authority: Authority, tmp_path: Path, command: tuple[str, ...]
) -> None:
    ran = jejak(*command, settings=_settings(space, locked, authority, "wr0ng@:/"))
    assert "refuses the user; check user and password in JEJAK_CLICKHOUSE_URL" in ran.stderr
    assert ran.status == 1
    assert "Traceback" not in ran.stderr
    stranger = Authority(tmp_path, "stranger")
    ran = jejak(*command, settings=_settings(space, locked, stranger))
    assert "certificate is not trusted; check JEJAK_CLICKHOUSE_CA_FILE" in ran.stderr
    assert ran.status == 1
    assert "Traceback" not in ran.stderr


def test_a_worker_without_the_right_password_says_so_and_stores_nothing(
    space: Space, locked: LockedClickHouse, authority: Authority, tmp_path: Path
) -> None:
    settings = _settings(space, locked, authority, "wr0ng@:/") | {"JEJAK_CONSUMER_GROUP": f"{space.name}-2"}
    with start_worker(space, tmp_path, changes=settings) as worker:
        wait_until(lambda: "refuses the user" in worker.get("/readyz")[1], "it says what is wrong")
        assert worker.get("/readyz")[0] == 503
        assert "Traceback" not in worker.logged()
