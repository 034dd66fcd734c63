"""A space: topics, a consumer group and a database that belong to one test or module alone, on the shared stack."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from clickhouse_connect.driver.client import Client
from pydantic import SecretStr

from processors.dead_letters.reading import read_dead_letters
from processors.dead_letters.stored import StoredDeadLetter
from processors.kafka.lag import PartitionLag, lags
from processors.kafka.topics import ensure_topics
from producers.append import Appender, Outgoing
from projections.clickhouse import ClickHouseAddress, connect
from projections.migrate import HISTORY, note
from projections.statements import statements
from schemas.catalogue import BY_NAME
from schemas.kafka_options import client_options
from schemas.settings import Settings
from tests.support.kafka import RawRecord, append_raw
from tests.support.loop import BackgroundLoop
from tests.support.stack import Stack
from tests.support.waiting import wait_until


class Space:
    """Names on a stack, and the questions that tests ask there."""

    def __init__(
        self,
        stack: Stack,
        loop: BackgroundLoop,
        clickhouse: str | None = None,
        security: Mapping[str, str] | None = None,
    ) -> None:
        self.name = f"t{uuid.uuid4().hex[:10]}"
        self.loop = loop
        self._stack = stack
        #: The variables by which Kafka is told who is asking, where it wants to know.
        self._security = dict(security or {})
        # `clickhouse` is the way that workers and commands take; the questions of the tests go straight.
        self.settings = self._settings(clickhouse or stack.clickhouse)
        self.direct = self._settings(stack.clickhouse)
        self._client: Client | None = None
        #: Seconds, as the tests of faults measure them.
        self.recoveries: list[float] = []

    def _settings(self, clickhouse: str) -> Settings:
        values: dict[str, Any] = {
            "kafka_bootstrap_servers": self._stack.kafka,
            "kafka_session_seconds": 6,
            "topic_prefix": f"{self.name}.",
            "consumer_group": self.name,
            "clickhouse_url": SecretStr(f"{clickhouse}/{self.name}"),
            "http_port": 0,
        }
        values |= {name.removeprefix("JEJAK_").lower(): value for name, value in self._security.items()}
        return Settings(_env_file=None, **values)

    @property
    def environment(self) -> dict[str, str]:
        """The settings as variables, for processes."""
        return {
            "JEJAK_KAFKA_BOOTSTRAP_SERVERS": self.settings.kafka_bootstrap_servers,
            "JEJAK_KAFKA_SESSION_SECONDS": "6",
            "JEJAK_TOPIC_PREFIX": self.settings.topic_prefix,
            "JEJAK_CONSUMER_GROUP": self.settings.consumer_group,
            "JEJAK_CLICKHOUSE_URL": self.settings.clickhouse_url.get_secret_value(),
            "JEJAK_HTTP_PORT": "0",
            **self._security,
        }

    @property
    def client(self) -> Client:
        """A client of the space's database."""
        if self._client is None:
            self._client = connect(self.direct)
        return self._client

    def query(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query, by column name."""
        return list(self.client.query(sql, parameters=parameters).named_results())

    def value(self, sql: str, **parameters: Any) -> Any:
        """The first column of a query's only row."""
        return self.client.query(sql, parameters=parameters).result_rows[0][0]

    def stored(self, table: str = "events FINAL", where: str = "1", **parameters: Any) -> int:
        """How many rows a table or view has."""
        return int(self.value(f"SELECT count() FROM {table} WHERE {where}", **parameters))

    def append(self, records: Iterable[RawRecord]) -> list[tuple[str, int, int]]:
        """Append records just as they are; returns topic, partition and offset of each."""
        login = client_options(self.settings)
        return self.loop.run(append_raw(self._stack.kafka, self.settings.topic_prefix, records, login))

    def append_events(self, events: Sequence[dict[str, Any]]) -> None:
        """Append events to their topics under a contract key, as a producer would."""
        self.loop.run(self._append_events(events))

    async def _append_events(self, events: Sequence[dict[str, Any]]) -> None:
        async with Appender(self.settings) as appender:
            for event in events:
                topic = self.settings.topic(BY_NAME[event["type"]].topic)
                key = f"{event['workspaceid']}/{event['data'].get('contact_id', '')}".encode()
                await appender.append(Outgoing(topic, json.dumps(event).encode(), key))

    def lags(self) -> list[PartitionLag]:
        """Committed offset, end and lag of every partition."""
        return self.loop.run(lags(self.settings))

    def lag(self) -> int:
        """Records that are appended and not committed."""
        return sum(item.lag for item in self.lags())

    def until_committed(self, timeout: float = 60.0) -> None:
        """Wait until everything appended is stored and committed."""
        behind: list[PartitionLag] = []

        def is_committed() -> bool:
            behind[:] = [item for item in self.lags() if item.lag]
            return not behind

        try:
            wait_until(is_committed, "everything appended is committed", timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}; behind are {behind}") from None

    def dead_letters(self) -> list[StoredDeadLetter]:
        """All dead letters there are now."""
        return self.loop.run(self._dead_letters())

    async def _dead_letters(self) -> list[StoredDeadLetter]:
        return [letter async for letter in read_dead_letters(self.settings)]

    def close(self) -> None:
        """Drop what the space made; topics only where they would outlive the session."""
        self.client.command(f"DROP DATABASE IF EXISTS `{self.name}`")
        self.client.close()
        if not self._stack.embedded:
            self.loop.run(self._delete_topics())

    async def _delete_topics(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._stack.kafka)
        await admin.start()
        try:
            names = [name for name in await admin.list_topics() if name.startswith(self.settings.topic_prefix)]
            await admin.delete_topics(names)
        finally:
            await admin.close()


def make_tables(settings: Settings) -> None:
    """What `jejak migrate` makes in an empty database, without its comparisons, which take longer than all the rest."""
    database = ClickHouseAddress(settings.clickhouse_url.get_secret_value()).database
    with connect(settings, database="default") as client:
        client.command(f"CREATE DATABASE `{database}`")
        client.database = database
        client.command(HISTORY)
        for statement in statements():
            client.command(statement.sql)
        note(client, statements(), "created")


@contextmanager
def made_space(
    stack: Stack, loop: BackgroundLoop, clickhouse: str | None = None, security: Mapping[str, str] | None = None
) -> Iterator[Space]:
    """A space with its topics and tables made, dropped at the end."""
    space = Space(stack, loop, clickhouse, security)
    loop.run(ensure_topics(space.settings))
    make_tables(space.direct)
    try:
        yield space
    finally:
        space.close()
