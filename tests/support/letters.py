"""A letter box: topics of its own that no worker reads, and dead letters put there just so.

Its database has the table `events` and nothing else, which is all that dead letters are asked about.
"""

import itertools
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from aiokafka import AIOKafkaProducer
from pydantic import SecretStr

from processors.dead_letters.dead_letter import dead_letter
from processors.dead_letters.dismiss import Dismisser
from processors.dead_letters.reading import DeadLetterTopic, Selection
from processors.dead_letters.replay import Replayed, Replayer
from processors.dead_letters.stored import StoredDeadLetter
from processors.kafka.topics import ensure_topics
from processors.stream.row import COLUMNS, FORMAT, lines_of
from projections.clickhouse import connect
from projections.statements import statements
from schemas.dead_letter import DeadLetter
from schemas.rejection import Reason, RejectedError
from schemas.settings import Settings
from schemas.validation import validate
from tests.support.jejak import Ran, jejak
from tests.support.kafka import Headers, read_topic
from tests.support.loop import BackgroundLoop
from tests.support.stack import Stack
from tests.support.waiting import wait_until

ERROR = RejectedError(Reason.INVALID_DATA, "data.contact_id: Field required")


@dataclass(frozen=True)
class Rejected:
    """A record that was rejected, and how.

    Attributes:
        topic: in the catalogue's words, without the prefix.
        at_ms: when it was rejected; None for now.
        letter_partition: the partition of the dead letter topic.
        emptied: whether the dead letter was too large for the broker.
        offset: of the record; None for one that no other has.
    """

    value: bytes
    topic: str = "messages"
    key: bytes | None = b"k"
    headers: Headers = ()
    error: RejectedError = ERROR
    partition: int = 1
    at_ms: int | None = None
    letter_partition: int = 0
    emptied: bool = False
    offset: int | None = None

    def letter(self, prefix: str, offset: int) -> DeadLetter:
        """Its dead letter, made by what the worker makes it by."""
        record = SimpleNamespace(
            topic=prefix + self.topic,
            partition=self.partition,
            offset=offset if self.offset is None else self.offset,
            key=self.key,
            value=self.value,
            headers=self.headers,
        )
        letter = dead_letter(record, self.error)
        return letter.without_value() if self.emptied else letter


class LetterBox:
    """Topics under a prefix of their own."""

    def __init__(self, stack: Stack, loop: BackgroundLoop) -> None:
        self._loop = loop
        self._numbers = itertools.count()
        name = f"l{uuid.uuid4().hex[:10]}"
        self.settings = Settings(
            _env_file=None,
            kafka_bootstrap_servers=stack.kafka,
            topic_prefix=f"{name}.",
            clickhouse_url=SecretStr(f"{stack.clickhouse}/{name}"),
        )
        loop.run(ensure_topics(self.settings))
        with connect(self.settings, database="") as client:
            client.command(f"CREATE DATABASE `{name}`")
        with connect(self.settings) as client:
            client.command(next(item.sql for item in statements() if item.name == "events"))

    @property
    def environment(self) -> dict[str, str]:
        """The settings as variables, for processes."""
        return {
            "JEJAK_KAFKA_BOOTSTRAP_SERVERS": self.settings.kafka_bootstrap_servers,
            "JEJAK_TOPIC_PREFIX": self.settings.topic_prefix,
            "JEJAK_CLICKHOUSE_URL": self.settings.clickhouse_url.get_secret_value(),
        }

    def command(self, *arguments: str) -> Ran:
        """Run `jejak dead-letters …` here."""
        return jejak("dead-letters", *arguments, settings=self.environment)

    def store(self, *events: dict[str, Any]) -> None:
        """Put events into ClickHouse, as a worker would have."""
        rows = lines_of(validate(json.dumps(event).encode()) for event in events)
        with connect(self.settings) as client:
            client.raw_insert("events", list(COLUMNS), rows, fmt=FORMAT)

    def put(self, rejected: Sequence[Rejected]) -> list[str]:
        """Append dead letters; the id of each."""
        return self._loop.run(self._put(rejected))

    async def _put(self, rejected: Sequence[Rejected]) -> list[str]:
        async with AIOKafkaProducer(bootstrap_servers=self.settings.kafka_bootstrap_servers) as producer:
            ids = []
            for item in rejected:
                letter = item.letter(self.settings.topic_prefix, next(self._numbers))
                place = await producer.send_and_wait(
                    self.settings.dead_letter_topic,
                    letter.value,
                    key=letter.key,
                    headers=letter.headers,
                    partition=item.letter_partition,
                    timestamp_ms=int(time.time() * 1000) if item.at_ms is None else item.at_ms,
                )
                ids.append(f"{place.partition}:{place.offset}")
            return ids

    def letters(self, selection: Selection | None = None) -> list[StoredDeadLetter]:
        """The dead letters, by their ids' order."""
        return sorted(self._loop.run(self._letters(selection or Selection())), key=lambda letter: letter.place)

    async def _letters(self, selection: Selection) -> list[StoredDeadLetter]:
        async with DeadLetterTopic(self.settings) as topic:
            return [letter async for letter in topic.letters(selection)]

    def replay(self, letters: Sequence[StoredDeadLetter], *, force: bool = False) -> list[Replayed]:
        """Put letters back without the command."""
        return self._loop.run(self._replay(letters, force))

    async def _replay(self, letters: Sequence[StoredDeadLetter], force: bool) -> list[Replayed]:
        async with Replayer(self.settings, force=force) as replayer:
            return await replayer.replay(letters)

    def topic(self, name: str) -> list[Any]:
        """The records of one of the topics."""
        return self._loop.run(read_topic(self.settings.kafka_bootstrap_servers, self.settings.topic(name)))

    def states(self, *options: str) -> dict[str, str]:
        """The state of each letter that `list` shows, by its id."""
        return {row["id"]: row["state"] for row in self.command("list", "--json", *options).rows}

    def status(self) -> dict[str, Any]:
        """What `jejak status` tells once Kafka answers in its time: a new one is slow to find a group's coordinator."""

        def told() -> dict[str, Any] | None:
            (report,) = jejak("status", "--json", settings=self.environment).rows
            return report if report["dead_letters"] else None

        return wait_until(told, "status knows of Kafka", 60)

    def dismiss(self, letters: Sequence[StoredDeadLetter], why: str) -> None:
        """Mark letters as dismissed without the command."""
        self._loop.run(self._dismiss(letters, why))

    async def _dismiss(self, letters: Sequence[StoredDeadLetter], why: str) -> None:
        async with Dismisser(self.settings, why) as dismisser:
            await dismisser.dismiss(letters)
