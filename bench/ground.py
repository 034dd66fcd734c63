"""The ground of a throughput run: the embedded broker and ClickHouse, started once, a database for each contestant."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error as ClickHouseError

from bench.errors import BenchError
from bench.plan import Load
from bench.processes import child, cpu_seconds, ended
from deploy.local.broker import start_broker
from deploy.local.child import Child
from deploy.local.ports import claim
from processors.kafka.topics import ensure_topics
from projections.clickhouse import connect
from projections.migrate import migrate
from schemas.constants import TOPICS
from schemas.kafka_options import client_options
from schemas.settings import Settings

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Ground:
    """A broker and a ClickHouse on free ports of the loopback address.

    Attributes:
        broker, clickhouse: their processes.
        kafka_port, clickhouse_port: where they listen.
        folder: for data and logs.
    """

    broker: Child
    clickhouse: Child
    kafka_port: int
    clickhouse_port: int
    folder: Path

    def variables(self, load: Load, run: str) -> dict[str, str]:
        """Settings as names and values.

        Arguments:
            load: whose topics.
            run: names the consumer group and the database.
        """
        return {
            "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{self.kafka_port}",
            "KAFKA_SESSION_SECONDS": "6",
            "TOPIC_PREFIX": load.value,
            "CONSUMER_GROUP": run,
            "CLICKHOUSE_URL": f"http://default:@127.0.0.1:{self.clickhouse_port}/{run}",
            "HTTP_PORT": "0",
        }

    def environment(self, load: Load, run: str) -> dict[str, str]:
        """The same for a process of its own."""
        return {f"JEJAK_{name}": value for name, value in self.variables(load, run).items()}

    def settings(self, load: Load, run: str) -> Settings:
        """The same in one value."""
        return Settings.model_validate({name.lower(): value for name, value in self.variables(load, run).items()})

    @asynccontextmanager
    async def database(
        self, load: Load, run: str, sources: Mapping[str, str] = MappingProxyType({})
    ) -> AsyncIterator[Client]:
        """A client of a new database with all tables, dropped at the end of the context.

        Arguments:
            load: whose topics.
            run: the database's name.
            sources: where the tables' statements come from, as environment; the present ones by default.
        """
        settings = self.settings(load, run)
        try:
            if sources:
                await self._migrate_by(sources, load, run)
            else:
                await asyncio.to_thread(migrate, settings)
            client = await asyncio.to_thread(connect, settings)
            try:
                yield client
            finally:
                await asyncio.to_thread(client.command, f"DROP DATABASE IF EXISTS `{run}` SYNC")
                await asyncio.to_thread(client.close)
        except ClickHouseError as error:
            raise BenchError(f"ClickHouse refused: {str(error).splitlines()[0][:300]}") from error

    async def _migrate_by(self, sources: Mapping[str, str], load: Load, run: str) -> None:
        command = [sys.executable, "-m", "commands", "migrate"]
        environment = self.environment(load, run) | dict(sources)
        async with child(f"{run}_migrate", command, environment, self.folder) as process:
            if await process.ended():
                raise ended(process, self.folder)

    def cpu(self) -> tuple[float, float]:
        """CPU seconds that the broker and ClickHouse have used."""
        return cpu_seconds(self.broker.pid), cpu_seconds(self.clickhouse.pid)


@asynccontextmanager
async def ground(folder: Path) -> AsyncIterator[Ground]:
    """Broker and ClickHouse, running; both are stopped at the end of the context.

    Raises:
        BenchError: ClickHouse does not start.
        StackError: the broker does not, or there is no wheel with it.
    """
    async with AsyncExitStack() as stack:
        kafka_port = claim(0, "Kafka", "nothing")
        broker = await start_broker(kafka_port, folder / "broker.log")
        stack.push_async_callback(broker.shut_down, _STOP_SECONDS)
        command = [sys.executable, "-m", "deploy.local.clickhouse_http", "--die-with-parent", "--port", "0"]
        clickhouse = await stack.enter_async_context(
            child("ClickHouse", [*command, "--data-dir", str(folder / "clickhouse")], {}, folder, read_stdout=True)
        )
        found = Ground(broker, clickhouse, kafka_port, await _port(clickhouse, folder), folder)
        for load in Load:
            await _create(found.settings(load, "bench"), load.partitions)
        yield found


async def _create(settings: Settings, partitions: int) -> None:
    """The topics with so many partitions each; `ensure_topics` knows the contract's number only."""
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    try:
        names = [settings.topic(name) for name in TOPICS]
        await admin.create_topics([NewTopic(name, partitions, 1) for name in names])
    finally:
        await admin.close()
    await ensure_topics(settings)


async def _port(clickhouse: Child, folder: Path) -> int:
    """The port in the line by which ClickHouse says that it is ready."""
    try:
        line = await clickhouse.ready_line(_START_SECONDS)
    except TimeoutError:
        raise BenchError(f"ClickHouse was not ready after {_START_SECONDS:.0f} s") from None
    if not line.startswith("ready "):
        await clickhouse.ended()
        raise ended(clickhouse, folder)
    return int(line.rpartition(":")[2])
