"""A cluster: one node or three, started together, each in a process of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.support.apache_kafka.config import Listener, NodeConfig
from tests.support.apache_kafka.errors import KafkaUnavailableError
from tests.support.apache_kafka.node import Node
from tests.support.apache_kafka.ports import free_port

_READY_SECONDS = 90.0
_LOOK_SECONDS = 0.2


class Cluster:
    """Nodes that know each other.

    Attributes:
        nodes: by number, from 1.
        client: aiokafka's options for the first listener, where that asks for more than a plain connection.
    """

    def __init__(self, configs: Sequence[NodeConfig], client: Mapping[str, Any] | None = None) -> None:
        self.nodes = {config.number: Node(config) for config in configs}
        self.client = dict(client or {})

    @property
    def bootstrap(self) -> str:
        """Bootstrap servers: the first listener of every node."""
        return self.addresses(0)

    def addresses(self, listener: int) -> str:
        """Bootstrap servers by the number of the listener, from 0."""
        return ",".join(node.config.listeners[listener].address for node in self.nodes.values())

    async def start(self) -> None:
        """Format what is not formatted, start all nodes and wait until all of them serve clients.

        Raises:
            KafkaUnavailableError: a node did not come up.
        """
        await asyncio.gather(*(node.format() for node in self.nodes.values()))
        await asyncio.gather(*(node.start() for node in self.nodes.values()))
        await self.until_ready()

    async def until_ready(self) -> None:
        """Wait until a client sees every node that runs as a broker.

        Raises:
            KafkaUnavailableError: that took too long, or a node ended.
        """
        wanted = {number for number, node in self.nodes.items() if node.alive}
        deadline = asyncio.get_running_loop().time() + _READY_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            for number in wanted:
                if not self.nodes[number].alive:
                    raise KafkaUnavailableError(f"Kafka node {number} ended: {_end_of(self.nodes[number].log)}")
            if await self._brokers() >= wanted:
                return
            await asyncio.sleep(_LOOK_SECONDS)
        raise KafkaUnavailableError(f"Kafka was not ready within {_READY_SECONDS:.0f} s: {_end_of_all(self.nodes)}")

    async def _brokers(self) -> set[int]:
        """The numbers of the nodes that every running node knows as brokers; empty while one does not answer."""
        asked = [self._known_to(node) for node in self.nodes.values() if node.alive]
        return set.intersection(*await asyncio.gather(*asked)) if asked else set()

    async def _known_to(self, node: Node) -> set[int]:
        address = node.config.listeners[0].address
        admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=5_000, **self.client)
        try:
            # aiokafka logs an error for every port where nobody listens yet.
            _, writer = await asyncio.open_connection(*address.split(":"))
            writer.close()
            await admin.start()
            return {int(broker["node_id"]) for broker in (await admin.describe_cluster())["brokers"]}
        except (KafkaError, OSError):
            return set()
        finally:
            with contextlib.suppress(KafkaError, OSError):
                await admin.close()

    async def stop(self) -> None:
        """Stop all nodes."""
        await asyncio.gather(*(node.stop() for node in self.nodes.values()))


def plain_configs(
    directory: Path,
    nodes: int = 1,
    *,
    ports: Sequence[int] = (),
    extra: Mapping[str, str] | None = None,
) -> list[NodeConfig]:
    """Configurations of nodes with one plain listener each, on free ports.

    Arguments:
        directory: each node gets a directory in it.
        nodes: how many; three for a cluster that survives the loss of one.
        ports: where they listen, in their order; free ones where it is empty.
        extra: further properties of all of them.
    """
    numbers = range(1, nodes + 1)
    controllers = {number: free_port() for number in numbers}
    return [
        NodeConfig(
            number,
            directory / f"node-{number}",
            (Listener("PLAINTEXT", ports[number - 1] if ports else free_port()),),
            controllers,
            extra or {},
        )
        for number in numbers
    ]


@asynccontextmanager
async def running_cluster(configs: Sequence[NodeConfig]) -> AsyncIterator[Cluster]:
    """A cluster that is ready, stopped at the end.

    Raises:
        KafkaUnavailableError: it did not come up.
    """
    cluster = Cluster(configs)
    try:
        await cluster.start()
        yield cluster
    finally:
        await cluster.stop()


def _end_of(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return f"{lines[-1] if lines else 'no output'} (all of it is in {log})"


def _end_of_all(nodes: Mapping[int, Node]) -> str:
    return "; ".join(_end_of(node.log) for node in nodes.values())
