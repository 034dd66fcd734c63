"""The Kafka and the ClickHouse that tests run against.

Where `JEJAK_TEST_KAFKA` (bootstrap servers) and `JEJAK_TEST_CLICKHOUSE` (a URL without a database, such as
`http://default:@127.0.0.1:8123`) are set, they are used, each for itself. With `JEJAK_TEST_DOCKER=1` the missing ones
are containers of Apache Kafka and ClickHouse. Otherwise, and that is the default because it starts in seconds and
needs nothing, they are the embedded broker and the embedded ClickHouse on free ports.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.clickhouse_http.process import ServerProcess
from deploy.embedded.broker import start_broker
from deploy.embedded.ports import claim
from tests.support.loop import BackgroundLoop


@dataclass(frozen=True)
class Stack:
    """Where the two are.

    Attributes:
        kafka: bootstrap servers.
        clickhouse: the URL, without a database.
        embedded: whether both are this session's own embedded ones, with nothing to tidy up in them.
    """

    kafka: str
    clickhouse: str
    embedded: bool


@contextmanager
def running_stack(directory: Path, loop: BackgroundLoop) -> Iterator[Stack]:
    """Start what is not given; stop it at the end."""
    docker = os.environ.get("JEJAK_TEST_DOCKER") == "1"
    given_kafka, given_clickhouse = os.environ.get("JEJAK_TEST_KAFKA"), os.environ.get("JEJAK_TEST_CLICKHOUSE")
    with ExitStack() as stack:
        clickhouse = given_clickhouse or stack.enter_context(_docker_clickhouse() if docker else _clickhouse(directory))
        kafka = given_kafka or stack.enter_context(_docker_kafka() if docker else _broker(directory, loop))
        yield Stack(kafka, clickhouse, embedded=not (docker or given_kafka or given_clickhouse))


@contextmanager
def _clickhouse(directory: Path) -> Iterator[str]:
    with ServerProcess(directory / "clickhouse") as server:
        yield f"http://default:@127.0.0.1:{server.port}"


@contextmanager
def _broker(directory: Path, loop: BackgroundLoop) -> Iterator[str]:
    port = claim(0, "Kafka", "")
    broker = loop.run(start_broker(port, directory / "broker.log"))
    try:
        yield f"127.0.0.1:{port}"
    finally:
        loop.run(broker.stop(10))


@contextmanager
def _docker_kafka() -> Iterator[str]:
    from testcontainers.kafka import KafkaContainer  # noqa: PLC0415 - only where it is asked for

    with KafkaContainer().with_kraft() as container:
        yield container.get_bootstrap_server()


@contextmanager
def _docker_clickhouse() -> Iterator[str]:
    from testcontainers.clickhouse import ClickHouseContainer  # noqa: PLC0415 - only where it is asked for

    with ClickHouseContainer("clickhouse/clickhouse-server:latest", port=8123) as container:
        host, port = container.get_container_host_ip(), container.get_exposed_port(8123)
        yield f"http://{container.username}:{container.password}@{host}:{port}"
