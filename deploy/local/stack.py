"""The embedded stack: a broker, ClickHouse, a worker and the front door, started, watched and stopped together.

All but the broker are started again when they die, as an orchestrator would. The broker is not: what it held was in its
memory, so going on would hide a loss.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import aiohttp
import structlog
from aiokafka.errors import KafkaError

from deploy.local.broker import start_broker
from deploy.local.child import Child
from deploy.local.errors import StackError
from deploy.local.installed import check_installed
from deploy.local.ports import claim
from deploy.local.sources import write_sources
from processors.kafka.lag import lags
from processors.kafka.topics import ensure_topics
from projections.migrate import migrate
from schemas.settings import Settings

log = structlog.get_logger()

_READY_SECONDS = 60.0
_DRAIN_SECONDS = 60.0
_STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.1
_RESTART_SECONDS = 0.5


@dataclass(frozen=True)
class Addresses:
    """Where the parts of the stack listen."""

    kafka_port: int
    clickhouse_port: int
    http_port: int
    collect_port: int = 0
    pages_port: int = 0

    def settings(self) -> Settings:
        """The settings that lead to them; everything else as the environment says."""
        return Settings(
            kafka_bootstrap_servers=f"127.0.0.1:{self.kafka_port}",
            kafka_security_protocol="PLAINTEXT",
            # The embedded broker holds a first join for half of this.
            kafka_session_seconds=6,
            clickhouse_url=f"http://default:@127.0.0.1:{self.clickhouse_port}/jejak",
            clickhouse_ca_file=None,
            clickhouse_cluster=None,
            http_host="127.0.0.1",
            http_port=self.http_port,
            collect_host="127.0.0.1",
            collect_port=self.collect_port,
            collect_shop=True,
            pages_host="127.0.0.1",
            pages_port=self.pages_port,
            # On this machine alone nobody is asked who they are.
            pages_users=None,
            pages_trusted_proxy=None,
            pages_api_keys=None,
        )

    def environment(self) -> dict[str, str]:
        """The same as environment variables, for processes of their own."""
        settings = self.settings()
        return {
            "JEJAK_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "JEJAK_KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
            "JEJAK_KAFKA_SESSION_SECONDS": "6",
            "JEJAK_CLICKHOUSE_URL": settings.clickhouse_url.get_secret_value(),
            "JEJAK_CLICKHOUSE_CLUSTER": "",
            "JEJAK_HTTP_HOST": settings.http_host,
            "JEJAK_HTTP_PORT": str(settings.http_port),
            "JEJAK_COLLECT_HOST": settings.collect_host,
            "JEJAK_COLLECT_PORT": str(settings.collect_port),
            "JEJAK_COLLECT_SHOP": "true",
            "JEJAK_PAGES_HOST": settings.pages_host,
            "JEJAK_PAGES_PORT": str(settings.pages_port),
            "JEJAK_PAGES_USERS": "",
            "JEJAK_PAGES_TRUSTED_PROXY": "",
            "JEJAK_PAGES_API_KEYS": "",
        }


def claim_ports(kafka_port: int, clickhouse_port: int, http_port: int, collect_port: int, pages_port: int) -> Addresses:
    """Check or find the ports.

    Raises:
        StackError: one of them is taken, or the embedded stack is not installed.
    """
    check_installed()
    return Addresses(
        claim(kafka_port, "Kafka", "--kafka-port"),
        claim(clickhouse_port, "ClickHouse", "--clickhouse-port"),
        claim(http_port, "health and metrics", "--http-port"),
        claim(collect_port, "the front door", "--collect-port"),
        claim(pages_port, "the pages", "--pages-port"),
    )


class EmbeddedStack:
    """The processes and their watchers."""

    def __init__(self, addresses: Addresses, data_dir: Path) -> None:
        self.addresses = addresses
        self.settings = addresses.settings()
        self._logs = data_dir / "logs"
        self._clickhouse_dir = data_dir / "clickhouse"
        self._broker: Child | None = None
        self._clickhouse: Child | None = None
        self._worker: Child | None = None
        self._door: Child | None = None
        self._pages: Child | None = None
        #: Who may send events to the front door.
        self.sources = data_dir / "sources.toml"
        self._watchers: list[asyncio.Task[None]] = []
        self._http_keepers: list[asyncio.Task[None]] = []
        #: Set when the broker has ended by itself.
        self.broken = asyncio.Event()

    async def start(self) -> None:
        """Start everything; returns when the worker is ready and the tables are there.

        Raises:
            StackError: a part did not come up; the others are to be stopped by `stop`.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        self._broker = await start_broker(self.addresses.kafka_port, self._logs / "broker.log")
        await ensure_topics(self.settings)
        # The worker joins its group while ClickHouse starts: both take their seconds.
        self._worker, self._clickhouse = await asyncio.gather(self._start_worker(), self._start_clickhouse())
        self._door, self._pages = await asyncio.gather(self._start_door(), self._start_pages())
        drift = (await asyncio.to_thread(migrate, self.settings)).drift
        if drift:
            raise StackError(f"the tables differ from this version's: {'; '.join(map(str, drift))}")
        await self._until_ready()
        self._watchers = [
            asyncio.create_task(self._watch_broker(self._broker)),
            asyncio.create_task(self._keep(self._start_worker, "_worker")),
            asyncio.create_task(self._keep(self._start_clickhouse, "_clickhouse")),
        ]
        self._http_keepers = [
            asyncio.create_task(self._keep(self._start_door, "_door")),
            asyncio.create_task(self._keep(self._start_pages, "_pages")),
        ]

    async def _start_worker(self) -> Child:
        return self._start_command("worker", "worker")

    async def _start_door(self) -> Child:
        write_sources(self.sources)
        return self._start_command("front door", "collect", {"JEJAK_COLLECT_SOURCES": str(self.sources)})

    async def _start_pages(self) -> Child:
        return self._start_command("pages", "pages")

    def _start_command(self, name: str, command: str, settings: Mapping[str, str] = MappingProxyType({})) -> Child:
        """Start one of Jejak's own commands under the name that `ps` shows, by which people and tests find it."""
        script = Path(sys.executable).with_name("jejak")
        program = [str(script)] if script.exists() else ["-m", "commands"]
        environment = os.environ | self.addresses.environment() | dict(settings)
        log = self._logs / f"{command}.log"
        return Child(name, [sys.executable, *program, command], environment=environment, log=log)

    async def _start_clickhouse(self) -> Child:
        child = Child(
            "ClickHouse",
            [
                *(sys.executable, "-m", "deploy.local.clickhouse_http", "--die-with-parent"),
                *("--port", str(self.addresses.clickhouse_port), "--data-dir", str(self._clickhouse_dir)),
            ],
            read_stdout=True,
            log=self._logs / "clickhouse.log",
        )
        line = await child.ready_line(_READY_SECONDS)
        if not line.startswith("ready"):
            await child.ended()
            raise StackError(_last_line(self._logs / "clickhouse.log") or "ClickHouse did not start")
        return child

    async def _until_ready(self) -> None:
        await self._until_one_is_ready(self.addresses.http_port, "_worker")
        await self._until_one_is_ready(self.addresses.collect_port, "_door")
        await self._until_one_is_ready(self.addresses.pages_port, "_pages")

    async def _until_one_is_ready(self, port: int, attribute: str) -> None:
        url = f"http://127.0.0.1:{port}/readyz"
        child: Child = getattr(self, attribute)
        deadline = asyncio.get_running_loop().time() + _READY_SECONDS
        answer = "no answer"
        async with aiohttp.ClientSession() as session:
            while asyncio.get_running_loop().time() < deadline:
                try:
                    async with session.get(url) as response:
                        if response.status == 200:
                            return
                        answer = (await response.text()).strip()
                except aiohttp.ClientError as error:
                    answer = str(error)
                if not child.alive:
                    raise StackError(f"the {child.name} ended; its output is in {self._logs}")
                await asyncio.sleep(_LOOK_SECONDS)
        raise StackError(f"the {child.name} is not ready: {answer}")

    async def _watch_broker(self, broker: Child) -> None:
        await broker.ended()
        log.error("the embedded broker has ended, and its topics are lost")
        self.broken.set()

    async def _keep(self, start: Callable[[], Awaitable[Child]], attribute: str) -> None:
        """Start a child again whenever it ends."""
        while True:
            child: Child = getattr(self, attribute)
            code = await child.ended()
            log.warning("started again", process=child.name, exit_status=code)
            await asyncio.sleep(_RESTART_SECONDS)
            try:
                setattr(self, attribute, await start())
            except (StackError, OSError) as error:
                log.error("cannot be started again yet", process=child.name, error=str(error))

    async def close_to_http(self) -> None:
        """Take no more events over HTTP: what is answered 200 behind the last look at the lag would be lost."""
        for keeper in self._http_keepers:
            keeper.cancel()
        await asyncio.gather(*self._http_keepers, return_exceptions=True)
        ending = [child.shut_down(_STOP_SECONDS) for child in (self._door, self._pages) if child is not None]
        self._door = self._pages = None
        await asyncio.gather(*ending)

    async def drain(self) -> bool:
        """Wait until the worker has stored all that the broker holds; False if it did not get there in time."""
        deadline = asyncio.get_running_loop().time() + _DRAIN_SECONDS
        while asyncio.get_running_loop().time() < deadline and not self.broken.is_set():
            try:
                if not any(item.lag for item in await lags(self.settings)):
                    return True
            except KafkaError as error:
                log.warning("the lag is unknown", error=repr(error))
            await asyncio.sleep(_LOOK_SECONDS)
        return False

    async def stop(self) -> None:
        """Stop all that runs: the worker first, so that it can still write and commit."""
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        await self.close_to_http()
        for child in (self._worker, self._clickhouse, self._broker):
            if child is not None:
                await child.shut_down(_STOP_SECONDS)


def _last_line(path: Path) -> str:
    """The last line of a log, which is where a program says why it ended."""
    lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
    return lines[-1] if lines else ""
