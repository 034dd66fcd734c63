"""The Kafka and the ClickHouse that tests run against.

1. Where `JEJAK_TEST_KAFKA` (bootstrap servers) and `JEJAK_TEST_CLICKHOUSE` (a URL without a database, such as
   `http://default:@127.0.0.1:8123`) are set, they are used, each for itself.
2. `JEJAK_TEST_STACK` chooses what is not given:
   - `embedded`, the default, because it starts in seconds and needs nothing: the embedded broker and ClickHouse;
   - `apache`: Apache Kafka from Maven Central (`tests/support/apache_kafka`), and the embedded ClickHouse;
   - `containers`: Apache Kafka and a ClickHouse server, by Docker.

All of them listen on free ports and end with the session.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.brokers import CLICKHOUSE_IMAGE, Kind, running_broker
from tests.support.clickhouse_process import ServerProcess
from tests.support.loop import BackgroundLoop


@dataclass(frozen=True)
class Stack:
    """Where the two are.

    Attributes:
        kafka: bootstrap servers.
        clickhouse: the URL, without a database.
        kind: what a test's own broker is of.
        embedded: whether Kafka is this session's own embedded one, with nothing to tidy up in it.
    """

    kafka: str
    clickhouse: str
    kind: Kind
    embedded: bool


def chosen_kind() -> Kind:
    """What `JEJAK_TEST_STACK` says.

    Raises:
        ValueError: it says none of the three.
    """
    return Kind(os.environ.get("JEJAK_TEST_STACK") or Kind.EMBEDDED)


@contextmanager
def running_stack(directory: Path, loop: BackgroundLoop) -> Iterator[Stack]:
    """Start what is not given; stop it at the end."""
    kind = chosen_kind()
    kafka, clickhouse = os.environ.get("JEJAK_TEST_KAFKA"), os.environ.get("JEJAK_TEST_CLICKHOUSE")
    embedded = kind is Kind.EMBEDDED and not kafka
    with ExitStack() as running:
        if not clickhouse:
            of_kind = _container() if kind is Kind.CONTAINERS else _clickhouse(directory)
            clickhouse = running.enter_context(of_kind)
        if not kafka:
            kafka = running.enter_context(running_broker(kind, directory, loop)).bootstrap
        yield Stack(kafka, clickhouse, kind, embedded)


@contextmanager
def _clickhouse(directory: Path) -> Iterator[str]:
    with ServerProcess(directory / "clickhouse") as server:
        yield f"http://default:@127.0.0.1:{server.port}"


@contextmanager
def _container() -> Iterator[str]:
    from testcontainers.community.clickhouse import ClickHouseContainer  # noqa: PLC0415 - only where it is asked for

    with ClickHouseContainer(CLICKHOUSE_IMAGE, port=8123) as container:
        host, port = container.get_container_host_ip(), container.get_exposed_port(8123)
        yield f"http://{container.username}:{container.password}@{host}:{port}"
