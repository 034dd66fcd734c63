"""The work that is the same for every peer: check a record, make its row or its dead letter, store rows.

How records come, how many at a time, and when offsets are committed is each peer's own. Rows go uncompressed: on the
loopback address that costs the least. A peer does not follow merges of contacts to their ends, as Jejak does after
each INSERT; that is in its favour.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from bench.contestants.models import validate_by_models
from processors.dead_letters.dead_letter import dead_letter
from processors.stream.row import COLUMNS, FORMAT, lines_of
from projections.clickhouse import connect
from schemas.constants import TOPICS
from schemas.dead_letter import DeadLetter
from schemas.event import Event
from schemas.rejection import RejectedError
from schemas.settings import Settings
from schemas.validation import validate

_PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Checked:
    """What came of some records.

    Attributes:
        lines: the good ones' rows, each with its line feed.
        rows: how many.
        letters: the bad ones' dead letters.
    """

    lines: bytes = b""
    rows: int = 0
    letters: list[DeadLetter] = field(default_factory=list)


class Work:
    """One peer's share of what all of them do."""

    def __init__(self, settings: Settings, *, gate: bool) -> None:
        self.settings = settings
        self.topics = [settings.topic(name) for name in TOPICS]
        self.group = settings.consumer_group
        self.servers = settings.kafka_bootstrap_servers
        #: librdkafka's session timeout.
        self.session_ms = int(settings.kafka_session_seconds * 1000)
        self._validate = validate if gate else validate_by_models
        self._names = dict(zip(self.topics, TOPICS, strict=True))
        self._client = connect(settings)

    def event(self, value: bytes, topic: str, recorded_ms: int) -> Event:
        """The event in a record.

        Raises:
            RejectedError: there is none.
        """
        return self._validate(value, topic=self._names[topic], recorded_ms=recorded_ms)

    def check(self, records: Iterable[Any]) -> Checked:
        """Rows and dead letters of confluent-kafka's messages; those without a value are skipped."""
        events: list[Event] = []
        checked = Checked()
        for record in records:
            if (value := record.value()) is None:
                continue
            try:
                events.append(self.event(value, record.topic(), record.timestamp()[1]))
            except RejectedError as error:
                checked.letters.append(dead_letter(plain(record), error))
        checked.lines, checked.rows = lines_of(events), len(events)
        return checked

    def insert(self, lines: bytes) -> None:
        """One INSERT; returns when ClickHouse has the rows.

        Raises:
            clickhouse_connect.driver.exceptions.Error: it has not; nothing may be committed then.
        """
        if lines:
            self._client.raw_insert("events", COLUMNS, lines, fmt=FORMAT)


class Letters:
    """Dead letters by librdkafka's producer."""

    def __init__(self, work: Work) -> None:
        self._topic = work.settings.dead_letter_topic
        self._producer = Producer({"bootstrap.servers": work.servers, "acks": "all"})
        self._failed: KafkaError | None = None

    def send(self, letters: Iterable[DeadLetter]) -> None:
        """Hand letters to the producer; they are the broker's after `flush` only."""
        for letter in letters:
            self._producer.produce(
                self._topic, letter.value, letter.key, headers=[*letter.headers], on_delivery=self._delivered
            )

    def flush(self) -> None:
        """Wait until the broker has them all.

        Raises:
            KafkaException: it has not; nothing may be committed then.
        """
        left = self._producer.flush(_PATIENCE_SECONDS)
        if left or self._failed:
            raise KafkaException(self._failed or KafkaError(KafkaError._MSG_TIMED_OUT))  # noqa: SLF001 - its public name

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        self._failed = self._failed or error


def plain(record: Any) -> SimpleNamespace:
    """A message of confluent-kafka with attributes in place of methods."""
    names = ("topic", "partition", "offset", "key", "value")
    return SimpleNamespace(**{name: getattr(record, name)() for name in names}, headers=record.headers() or [])


def work_of_command_line() -> Work:
    """The work as the command line (`--gate`) and the environment say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gate", action="store_true", help="validate by Jejak's gate instead of pydantic's models")
    return Work(Settings(), gate=parser.parse_args().gate)
