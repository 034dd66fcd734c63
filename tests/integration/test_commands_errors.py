"""What a command does when something is not there or makes no sense: one clear line, exit status 1, no traceback."""

from importlib.metadata import version

import pytest

from deploy.local.ports import claim
from tests.support.jejak import jejak
from tests.support.space import Space


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("topics",),
        ("produce",),
        ("dead-letters", "list"),
        ("dead-letters", "replay"),
        ("simulate", "--contacts", "1", "--days", "1", "--produce"),
    ],
    ids=" ".join,
)
def test_a_command_without_kafka_is_one_clear_line(pipeline: Space, command: tuple[str, ...]) -> None:
    settings = pipeline.environment | {"JEJAK_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{claim(0, '', '')}"}
    ran = jejak(*command, settings=settings)
    assert ran.is_one_clear_line("Kafka"), ran


@pytest.mark.parametrize(
    "command", [("status",), ("migrate",), ("journey", "--workspace", "w", "--contact", "c")], ids=" ".join
)
def test_a_command_without_clickhouse_is_one_clear_line(pipeline: Space, command: tuple[str, ...]) -> None:
    settings = pipeline.environment | {"JEJAK_CLICKHOUSE_URL": f"http://127.0.0.1:{claim(0, '', '')}/x"}
    ran = jejak(*command, settings=settings)
    assert ran.is_one_clear_line("ClickHouse"), ran


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JEJAK_CLICKHOUSE_URL", "ftp://x"),
        ("JEJAK_CLICKHOUSE_URL", "http://x/a%60b"),
        ("JEJAK_CLICKHOUSE_CLUSTER", "a'b"),
        ("JEJAK_HTTP_PORT", "many"),
        ("JEJAK_TIMEZONE", "Mars/Olympus"),
    ],
)
def test_a_senseless_setting_is_one_clear_line(pipeline: Space, name: str, value: str) -> None:
    ran = jejak("journey", "--workspace=w", "--contact=c", settings=pipeline.environment | {name: value})
    assert ran.is_one_clear_line(name.removeprefix("JEJAK_")), ran


def test_a_missing_file_is_one_clear_line(pipeline: Space) -> None:
    ran = jejak("produce", "/no/such/file", settings=pipeline.environment)
    assert ran.is_one_clear_line("/no/such/file"), ran


def test_the_version_is_that_of_the_package() -> None:
    ran = jejak("--version", settings={})
    assert (ran.status, ran.stdout) == (0, f"jejak {version('jejak')}\n"), ran
