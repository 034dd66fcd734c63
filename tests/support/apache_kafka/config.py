"""The configuration of a node: what it is, and the `server.properties` that come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Listener:
    """An address that a node listens on.

    Attributes:
        name: how the properties call it.
        port: where it listens, on the loopback address.
        protocol: `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`.
        advertised_port: what clients are told to connect to, where that is another, such as a proxy's.
    """

    name: str
    port: int
    protocol: str = "PLAINTEXT"
    advertised_port: int | None = None

    @property
    def address(self) -> str:
        """What clients connect to."""
        return f"{_HOST}:{self.advertised_port or self.port}"


@dataclass(frozen=True)
class NodeConfig:
    """A node: broker and controller in one process.

    Attributes:
        number: its id, from 1.
        directory: what it keeps: properties, data and log.
        listeners: the first of them is the brokers' own among each other.
        controllers: the controllers' ports of all nodes, by number.
        extra: further properties, which win over ours.
        jvm: options of its Java virtual machine.
        scram: users that are there from the beginning, as `kafka-storage format --add-scram` takes them, such as
            `SCRAM-SHA-512=[name=alice,password=secret]`.
    """

    number: int
    directory: Path
    listeners: tuple[Listener, ...]
    controllers: Mapping[int, int]
    extra: Mapping[str, str] = field(default_factory=dict)
    jvm: tuple[str, ...] = ("-Xms64m", "-Xmx256m")
    scram: tuple[str, ...] = ()

    @property
    def properties_file(self) -> Path:
        """Where `server.properties` is written."""
        return self.directory / "server.properties"

    @property
    def data(self) -> Path:
        """Where its partitions are."""
        return self.directory / "data"


def properties(config: NodeConfig) -> dict[str, str]:
    """A node's `server.properties`."""
    return _addresses(config) | _replication(len(config.controllers)) | _SMALL | dict(config.extra)


def _addresses(config: NodeConfig) -> dict[str, str]:
    listeners = [f"{item.name}://{_HOST}:{item.port}" for item in config.listeners]
    protocols = [f"{item.name}:{item.protocol}" for item in config.listeners]
    voters = [f"{number}@{_HOST}:{port}" for number, port in config.controllers.items()]
    return {
        "process.roles": "broker,controller",
        "node.id": str(config.number),
        "controller.quorum.voters": ",".join(voters),
        "listeners": ",".join([*listeners, f"CONTROLLER://{_HOST}:{config.controllers[config.number]}"]),
        "advertised.listeners": ",".join(f"{item.name}://{item.address}" for item in config.listeners),
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": config.listeners[0].name,
        "listener.security.protocol.map": ",".join([*protocols, "CONTROLLER:PLAINTEXT"]),
        "log.dirs": str(config.data),
    }


def _replication(nodes: int) -> dict[str, str]:
    """Three copies, two of them in sync, where there are three nodes: one may die and nothing acknowledged is lost."""
    copies, in_sync = str(min(nodes, 3)), "2" if nodes >= 3 else "1"
    return {
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": in_sync,
    }


#: For one group on a small machine. Everything that decides whether records are lost is Kafka's default.
_SMALL = {
    # A topic is what `jejak topics` made of it, not what a client happened to ask for.
    "auto.create.topics.enable": "false",
    # The first member of a group need not wait for others.
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "num.network.threads": "2",
    "num.io.threads": "4",
    # It is taken from the heap at once; the default is half of ours.
    "log.cleaner.dedupe.buffer.size": str(8 * 2**20),
    "log.index.size.max.bytes": str(2**20),
    "log.segment.delete.delay.ms": "1000",
}
