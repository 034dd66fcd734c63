"""Quix Streams: a sink of its own, flushed by a checkpoint.

Quix hands on record by record and has its sinks write at each checkpoint; offsets are committed after that. The sink
checks records as they come, gathers all partitions' rows and writes them by one INSERT. (Its own `BatchingSink` would
write one for each of the 28 partitions.)
"""

from typing import Any

from quixstreams import Application
from quixstreams.sinks import BaseSink

from bench.contestants.work import Letters, Work, work_of_command_line
from processors.dead_letters.dead_letter import dead_letter
from processors.stream.row import lines_of
from schemas.event import Event
from schemas.rejection import RejectedError

_BLOCK_ROWS = 50_000
_CHECKPOINT_SECONDS = 1.0


class _Record:
    """What a dead letter wants to know."""

    def __init__(self, value: bytes, key: bytes | None, headers: Any, topic: str, partition: int, offset: int) -> None:
        self.value, self.key, self.headers = value, key, headers or []
        self.topic, self.partition, self.offset = topic, partition, offset


class ClickHouseSink(BaseSink):  # type: ignore[misc]  # not installed beside mypy
    """Gathers events between two checkpoints."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work
        self._letters = Letters(work)
        self._events: list[Event] = []

    def add(self, value: Any, key: Any, timestamp: int, headers: Any, topic: str, partition: int, offset: int) -> None:
        """Called for each record."""
        if value is None:
            return
        try:
            self._events.append(self._work.event(value, topic, timestamp))
        except RejectedError as error:
            record = _Record(value, key, headers, topic, partition, offset)
            self._letters.send([dead_letter(record, error)])

    def flush(self) -> None:
        """Called by a checkpoint; offsets are committed when it returns."""
        events, self._events = self._events, []
        self._work.insert(lines_of(events))
        self._letters.flush()

    def on_paused(self) -> None:
        """Never asked for: the sink raises no back-pressure."""


def application(work: Work) -> Application:
    """The application with its seven data frames."""
    app = Application(
        work.servers,
        consumer_group=work.group,
        auto_offset_reset="earliest",
        commit_interval=_CHECKPOINT_SECONDS,
        commit_every=_BLOCK_ROWS,
        consumer_poll_timeout=0.2,
        auto_create_topics=False,
        use_changelog_topics=False,
        loglevel="WARNING",
        consumer_extra_config={
            "session.timeout.ms": work.session_ms,
            "heartbeat.interval.ms": 1000,
            "fetch.wait.max.ms": 100,
            "max.partition.fetch.bytes": 4 * 2**20,
        },
        # Nothing is produced by it here, and no producer id is asked for.
        producer_extra_config={"enable.idempotence": False},
    )
    sink = ClickHouseSink(work)
    for name in work.topics:
        app.dataframe(app.topic(name, key_deserializer="bytes", value_deserializer="bytes")).sink(sink)
    return app


if __name__ == "__main__":
    application(work_of_command_line()).run()
