"""confluent-kafka in a careful loop: what a good engineer writes without a framework.

librdkafka fetches ahead on its own threads. One block is on its way to ClickHouse while the next is gathered and
checked; its offsets are committed once ClickHouse has the rows and the broker the dead letters. Partitions are given
up only after what was gathered is stored and committed.
"""

import signal
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from bench.contestants.work import Letters, Work, work_of_command_line

_BLOCK_ROWS = 50_000
_FETCH_RECORDS = 10_000
_WAIT_SECONDS = 0.2


class Loop:
    """The loop with its block on its way."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._consumer = Consumer(
            {
                "bootstrap.servers": work.servers,
                "group.id": work.group,
                "session.timeout.ms": work.session_ms,
                "heartbeat.interval.ms": 1000,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 100,
                "max.partition.fetch.bytes": 4 * 2**20,
            }
        )
        self._letters = Letters(work)
        self._executor = ThreadPoolExecutor(1)
        self._on_its_way: Future[None] | None = None
        self._going: dict[tuple[str, int], int] = {}
        self._lines: list[bytes] = []
        self._rows = 0
        self._next: dict[tuple[str, int], int] = {}
        self.stopping = False

    def run(self) -> None:
        """Store what is in the topics, and what comes, until told to stop."""
        self._consumer.subscribe(self._work.topics, on_revoke=self._on_revoke, on_lost=self._on_lost)
        while not self.stopping:
            messages = self._consumer.consume(_FETCH_RECORDS, _WAIT_SECONDS)
            self._take(messages)
            if self._next and (self._rows >= _BLOCK_ROWS or not messages):
                self._store()
            elif self._on_its_way and self._on_its_way.done():
                self._settle()
        self._consumer.close()

    def _take(self, messages: list[Message]) -> None:
        for message in messages:
            if error := message.error():
                raise KafkaException(error)
        checked = self._work.check(messages)
        self._letters.send(checked.letters)
        self._lines.append(checked.lines)
        self._rows += checked.rows
        for message in messages:
            topic, partition, offset = message.topic(), message.partition(), message.offset()
            assert topic is not None and partition is not None and offset is not None
            self._next[topic, partition] = offset + 1

    def _store(self) -> None:
        """Send the gathered block off, once the one before it is stored."""
        self._settle()
        lines, self._lines, self._rows = b"".join(self._lines), [], 0
        self._going, self._next = self._next, {}
        self._on_its_way = self._executor.submit(self._work.insert, lines)

    def _settle(self) -> None:
        """Wait for the block on its way and for the dead letters, then commit."""
        if self._on_its_way is None:
            return
        self._on_its_way.result()
        self._on_its_way = None
        self._letters.flush()
        offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in self._going.items()]
        self._consumer.commit(offsets=offsets, asynchronous=False)

    def _on_revoke(self, *_: Any) -> None:
        if self._next:
            self._store()
        self._settle()

    def _on_lost(self, *_: Any) -> None:
        """Another member has the partitions already: nothing may be committed, and all comes again there."""
        self._lines, self._rows, self._next, self._on_its_way = [], 0, {}, None


def main() -> None:
    """Run until terminated."""
    loop = Loop(work_of_command_line())

    def stop(*_: Any) -> None:
        loop.stopping = True

    signal.signal(signal.SIGTERM, stop)
    loop.run()


if __name__ == "__main__":
    main()
