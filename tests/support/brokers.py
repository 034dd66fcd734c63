"""Brokers for tests, of three kinds behind one small interface: embedded, Apache Kafka from its jars, a container."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from deploy.local.broker import start_broker
from deploy.local.ports import claim
from tests.support.apache_kafka.cluster import Cluster, plain_configs
from tests.support.loop import BackgroundLoop

#: Of Confluent's line of images, because that is what testcontainers knows how to start.
KAFKA_IMAGE = "confluentinc/cp-kafka:7.9.2"
CLICKHOUSE_IMAGE = "clickhouse/clickhouse-server:latest"


class Kind(StrEnum):
    """Which broker a session of tests takes: `JEJAK_TEST_STACK`."""

    EMBEDDED = "embedded"
    APACHE = "apache"
    CONTAINERS = "containers"


class Broker(Protocol):
    """A broker that runs."""

    @property
    def bootstrap(self) -> str:
        """Its bootstrap servers."""

    def stop(self) -> None:
        """End it for good; it may have ended already."""


@contextmanager
def running_broker(kind: Kind, directory: Path, loop: BackgroundLoop) -> Iterator[Broker]:
    """A broker of a kind, gone at the end.

    Arguments:
        kind: which.
        directory: for its log, and its data where it keeps any.
        loop: its processes are watched there.
    """
    make: Callable[[Path, BackgroundLoop], Broker]
    make = {Kind.EMBEDDED: _Embedded, Kind.APACHE: ApacheKafka, Kind.CONTAINERS: _Container}[kind]
    broker = make(directory, loop)
    try:
        yield broker
    finally:
        broker.stop()


class _Embedded:
    """Tansu, in memory."""

    def __init__(self, directory: Path, loop: BackgroundLoop) -> None:
        port = claim(0, "Kafka", "")
        self.bootstrap = f"127.0.0.1:{port}"
        self._loop = loop
        self._child = loop.run(start_broker(port, directory / "broker.log"))

    def stop(self) -> None:
        self._loop.run(self._child.shut_down(10))


class ApacheKafka:
    """Apache Kafka, one broker or three. What can be done to a node is `tests.support.apache_kafka.node`'s.

    Attributes:
        cluster: its nodes.
    """

    def __init__(self, directory: Path, loop: BackgroundLoop, cluster: Cluster | None = None, nodes: int = 1) -> None:
        self.cluster = cluster or Cluster(plain_configs(directory / "kafka", nodes))
        self._loop = loop
        try:
            loop.run(self.cluster.start(), timeout=180)
        except BaseException:
            self.stop()
            raise

    @property
    def bootstrap(self) -> str:
        return self.cluster.bootstrap

    def kill(self, node: int = 1) -> None:
        """SIGKILL."""
        self._loop.run(self.cluster.nodes[node].kill())

    def restart(self, node: int = 1) -> None:
        """Start a node that ended, with its data; returns when it serves clients."""
        self._loop.run(self.cluster.nodes[node].start())
        self._loop.run(self.cluster.until_ready())

    def stop(self) -> None:
        self._loop.run(self.cluster.stop())


class _Container:
    """Apache Kafka in a container."""

    def __init__(self, _: Path, __: BackgroundLoop) -> None:
        from testcontainers.community.kafka import KafkaContainer  # noqa: PLC0415 - only where it is asked for

        self._container: KafkaContainer | None = None
        container = KafkaContainer(KAFKA_IMAGE).with_kraft().with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
        container.start(timeout=120)
        self.bootstrap = container.get_bootstrap_server()
        self._container = container

    def stop(self) -> None:
        if self._container is not None:
            self._container.stop()
            self._container = None
