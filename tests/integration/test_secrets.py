"""Secrets appear nowhere: no log, error, answer or help has them, whatever goes wrong."""

import base64
import os
from pathlib import Path
from unittest import mock
from urllib.parse import quote, quote_plus, urlsplit

import pytest

from deploy.local.ports import claim
from schemas.kafka_options import client_options
from schemas.settings import Settings
from tests.support.brokers import Kind
from tests.support.jejak import jejak
from tests.support.processes import JEJAK
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import Worker

#: With what URLs write otherwise, so that each of its forms is another.
SECRET = "s3cr3t@p4ss:/?+%"
IN_URL = quote(SECRET, safe="")
#: In clear, in a URL, and as HTTP and SASL send it, alone and behind a user's name.
FORMS = (
    SECRET,
    IN_URL,
    quote_plus(SECRET),
    *(base64.b64encode(text.encode()).decode().rstrip("=") for text in (SECRET, f"someone:{SECRET}")),
    base64.b64encode(f"\0someone\0{SECRET}".encode()).decode().rstrip("="),
)


def tells_a_secret(text: str) -> bool:
    """Whether a text holds it in any form, or a piece that nothing else has."""
    return any(form in text for form in FORMS) or "s3cr3t" in text or "p4ss" in text


#: Settings with secrets in them, each leading to another fault.
FAULTS = {
    "Kafka refuses the user": {
        "JEJAK_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "JEJAK_KAFKA_SASL_USERNAME": "someone",
        "JEJAK_KAFKA_SASL_PASSWORD": "{plain}",
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
    places = {"secret": IN_URL, "plain": SECRET, "clickhouse": clickhouse, "free": str(claim(0, "", ""))}
    return space.environment | {name: value.format(**places) for name, value in FAULTS[fault].items()}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_command_tells_a_secret(pipeline: Space, fault: str) -> None:
    settings = _settings(pipeline, fault)
    ran = jejak("status", settings=settings)
    assert ran.status == 1
    assert ran.stderr
    assert not tells_a_secret(ran.stdout + ran.stderr)
    for command in (("topics",), ("migrate",)) if fault == "Kafka refuses the user" else (("migrate",),):
        ran = jejak(*command, settings=settings)
        assert not tells_a_secret(ran.stdout + ran.stderr)


@pytest.mark.parametrize("fault", ["Kafka refuses the user", "ClickHouse refuses the user"])
def test_no_worker_tells_a_secret(pipeline: Space, tmp_path: Path, fault: str) -> None:
    settings = _settings(pipeline, fault) | {"JEJAK_CONSUMER_GROUP": "other", "JEJAK_LOG_LEVEL": "debug"}
    with Worker([*JEJAK, "worker"], tmp_path / "worker.log", settings) as worker:
        wait_until(lambda: "refuses the user" in worker.logged(), "it says why it cannot work")
        served = [worker.get(path) for path in ("/readyz", "/healthz", "/metrics", "/", "/config", "/debug", "/env")]
        assert [status for status, _ in served] == [503, 200, 200, 404, 404, 404, 404]
    assert not tells_a_secret(worker.logged() + worker.said() + "".join(text for _, text in served))


def test_help_shows_no_setting(pipeline: Space) -> None:
    settings = _settings(pipeline, "ClickHouse refuses the user")
    for command in ((), ("worker",), ("status",)):
        ran = jejak(*command, "--help", settings=settings)
        assert ran.status == 0
        assert not tells_a_secret(ran.stdout + ran.stderr)


def test_settings_can_be_shown_without_telling_a_secret(pipeline: Space) -> None:
    variables = _settings(pipeline, "ClickHouse refuses the user") | _settings(pipeline, "Kafka refuses the user")
    variables["JEJAK_CLICKHOUSE_URL"] = f"http://someone:{IN_URL}@127.0.0.1:1/x"
    with mock.patch.dict(os.environ, variables):
        settings = Settings()
    assert client_options(settings)["sasl_plain_password"] == SECRET
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.model_dump())):
        assert not tells_a_secret(shown)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="what listens where is read from Linux's /proc")
def test_the_embedded_stack_listens_on_this_machine_only(stack: Stack) -> None:
    """It knows no passwords. Containers are left out: what they publish is Docker's business."""
    if stack.kind is Kind.CONTAINERS:
        pytest.skip("the brokers of containers listen in them")
    for port in (int(stack.kafka.rpartition(":")[2]), urlsplit(stack.clickhouse).port):
        # A Java process has both kinds of addresses in one socket.
        heard = _listening(port)
        assert heard, port
        assert heard <= {"0100007F", "0000000000000000FFFF00000100007F"}, port


def _listening(port: int | None) -> set[str]:
    """The addresses on which somebody listens on a port, as the kernel writes them: 127.0.0.1 is 0100007F."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            # 0A is LISTEN.
            if state == "0A" and int(address.rpartition(":")[2], 16) == port:
                found.add(address.rpartition(":")[0])
    return found
