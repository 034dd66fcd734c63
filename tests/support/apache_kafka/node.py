"""A node: one process of Apache Kafka, which can be killed, paused, stopped and started again with its data."""

import asyncio
import signal
from pathlib import Path

from deploy.local.child import Child
from tests.support.apache_kafka import java
from tests.support.apache_kafka.config import NodeConfig, properties
from tests.support.apache_kafka.errors import KafkaUnavailableError

_STOP_SECONDS = 30.0
#: 16 bytes in base64, the same for every cluster: none of them ever meets another.
_CLUSTER_ID = "SmVqYWstdGVzdC1LYWZrYQ"


class Node:
    """A node and its data.

    Attributes:
        config: what it is.
    """

    def __init__(self, config: NodeConfig) -> None:
        self.config = config
        self._child: Child | None = None

    @property
    def log(self) -> Path:
        """The file with its output."""
        return self.config.directory / "kafka.log"

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._child is not None and self._child.alive

    async def format(self) -> None:
        """Write the properties and make the data directory, once for all starts; one that is there stays.

        Raises:
            KafkaUnavailableError: Kafka refuses the properties, or cannot run at all.
        """
        self.config.directory.mkdir(parents=True, exist_ok=True)
        lines = [f"{name}={value}\n" for name, value in properties(self.config).items()]
        self.config.properties_file.write_text("".join(lines))
        arguments = ["format", "--ignore-formatted", "-t", _CLUSTER_ID, "-c", str(self.config.properties_file)]
        for user in self.config.scram:
            arguments += ["--add-scram", user]
        await asyncio.to_thread(java.run_tool, "kafka.tools.StorageTool", *arguments)

    async def start(self) -> None:
        """Start the process; it is not ready yet when this returns.

        Raises:
            KafkaUnavailableError: Java or the jars are not to be had.
        """
        command = await asyncio.to_thread(
            java.command, "kafka.Kafka", str(self.config.properties_file), options=self.config.jvm
        )
        # A node that is paused when its owner is killed could not end on SIGTERM.
        self._child = Child(f"Kafka node {self.config.number}", command, log=self.log, death_signal=signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: leadership is handed over, the log is closed."""
        if self._child is not None:
            self.resume()
            await self._child.shut_down(_STOP_SECONDS)

    async def kill(self) -> None:
        """SIGKILL: what the operating system has not got yet is gone."""
        self._running().kill()

    def pause(self) -> None:
        """SIGSTOP: it keeps its connections and answers nobody."""
        self._running().signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        if self.alive:
            self._running().signal(signal.SIGCONT)

    def _running(self) -> Child:
        if self._child is None or not self._child.alive:
            raise KafkaUnavailableError(f"Kafka node {self.config.number} does not run; its output is in {self.log}")
        return self._child
