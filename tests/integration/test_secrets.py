"""Secrets appear nowhere: no log, error, answer or help has them, whatever goes wrong."""

from pathlib import Path

import pytest

from deploy.embedded.ports import claim
from tests.support.jejak import jejak
from tests.support.processes import JEJAK, Process
from tests.support.space import Space
from tests.support.waiting import wait_until

SECRET = "s3cr3t-p4ss"

#: Settings with secrets in them, each leading to another fault.
FAULTS = {
    "Kafka refuses the user": {
        "JEJAK_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "JEJAK_KAFKA_SASL_USERNAME": "someone",
        "JEJAK_KAFKA_SASL_PASSWORD": SECRET,
    },
    "ClickHouse refuses the user": {"JEJAK_CLICKHOUSE_URL": "http://someone:{secret}@{clickhouse}/x"},
    "nothing listens": {"JEJAK_CLICKHOUSE_URL": "http://someone:{secret}@127.0.0.1:{free}/x"},
    "no such host": {"JEJAK_CLICKHOUSE_URL": "http://someone:{secret}@nosuch.invalid/x"},
    "no TLS there": {"JEJAK_CLICKHOUSE_URL": "https://someone:{secret}@{clickhouse}/x"},
    "no URL": {"JEJAK_CLICKHOUSE_URL": "clickhouse://someone:{secret}@x/y"},
    "no port": {"JEJAK_CLICKHOUSE_URL": "http://someone:{secret}@x:port/y"},
}


def _settings(space: Space, fault: str) -> dict[str, str]:
    clickhouse = space.environment["JEJAK_CLICKHOUSE_URL"].rpartition("@")[2].partition("/")[0]
    places = {"secret": SECRET, "clickhouse": clickhouse, "free": str(claim(0, "", ""))}
    return space.environment | {name: value.format(**places) for name, value in FAULTS[fault].items()}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_command_tells_a_secret(pipeline: Space, fault: str) -> None:
    settings = _settings(pipeline, fault)
    ran = jejak("status", settings=settings)
    assert ran.status == 1
    assert ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    for command in (("topics",), ("migrate",)) if fault == "Kafka refuses the user" else (("migrate",),):
        ran = jejak(*command, settings=settings)
        assert SECRET not in ran.stdout + ran.stderr


@pytest.mark.parametrize("fault", ["Kafka refuses the user", "ClickHouse refuses the user"])
def test_no_worker_tells_a_secret(pipeline: Space, tmp_path: Path, fault: str) -> None:
    settings = _settings(pipeline, fault) | {"JEJAK_CONSUMER_GROUP": "other", "JEJAK_LOG_LEVEL": "debug"}
    with Process([*JEJAK, "worker"], tmp_path / "worker.log", settings) as worker:
        wait_until(lambda: "refuses the user" in worker.logged(), "it says why it cannot work")
    assert SECRET not in worker.logged() + worker.said()


def test_help_shows_no_setting(pipeline: Space) -> None:
    settings = _settings(pipeline, "ClickHouse refuses the user")
    for command in ((), ("worker",), ("status",)):
        ran = jejak(*command, "--help", settings=settings)
        assert ran.status == 0
        assert SECRET not in ran.stdout + ran.stderr
