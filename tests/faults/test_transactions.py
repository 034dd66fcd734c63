"""Producers that write in transactions: what they abort is never stored, and nothing waits behind it."""

import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition
from confluent_kafka import Producer

from processors.fetch.fetching import stopped
from processors.kafka.client import consumer_options
from schemas.constants import PARTITIONS
from tests.support.apache_kafka import java
from tests.support.brokers import Kind
from tests.support.figures import Figures, report
from tests.support.jejak import jejak
from tests.support.raw_batches import message
from tests.support.rounds import LONG
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import running_worker, start_worker

TRANSACTIONS = 400 if LONG else 60
KILLS = 10 if LONG else 2


@pytest.fixture(autouse=True)
def transactions(stack: Stack) -> None:
    """The embedded broker takes transactions and does not keep them."""
    if stack.kind is Kind.EMBEDDED:
        pytest.skip("transactions are wrong on the embedded broker: make test-kafka")


def _producer(space: Space, name: str) -> Producer:
    producer = Producer(
        {
            "bootstrap.servers": space.settings.kafka_bootstrap_servers,
            "transactional.id": f"{space.name}-{name}",
            "compression.type": "zstd",
            "transaction.timeout.ms": 600_000,
        }
    )
    producer.init_transactions(30)
    return producer


def _write(space: Space, producer: Producer, names: list[str]) -> None:
    for number, name in enumerate(names):
        producer.produce(space.settings.topic("messages"), message(name), partition=number % PARTITIONS)
    producer.flush(30)


def _events(space: Space) -> set[str]:
    return {row["event_id"] for row in space.query("SELECT event_id FROM events FINAL")}


def _lag_by_kafka(space: Space) -> list[str]:
    """What Kafka's own tool says of the group: a lag for each partition that has a committed offset."""
    told = java.run_tool(
        "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
        *("--bootstrap-server", space.settings.kafka_bootstrap_servers),
        *("--describe", "--group", space.settings.consumer_group),
    )
    rows = [line.split() for line in told.splitlines() if space.settings.topic("messages") in line]
    return [row[5] for row in rows]


def test_aborted_records_are_never_stored_and_no_lag_stays_behind_them(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """By the worker and by a rebuild from Kafka; lag ends at 0 as status, /metrics and Kafka's own tool tell it."""
    space = new_space()
    producer = _producer(space, "one")
    with running_worker(space, logs) as worker:
        for verdict in ("commit", "abort"):
            producer.begin_transaction()
            _write(space, producer, [f"{verdict}-{number}" for number in range(PARTITIONS)])
            getattr(producer, f"{verdict}_transaction")(30)
        producer.begin_transaction()
        producer.produce(space.settings.topic("labels"), b"not json", partition=0)
        producer.flush(30)
        producer.abort_transaction(30)
        space.until_committed()
        wait_until(lambda: worker.metric("jejak_lag_records") == 0, "the worker tells no lag")
        assert set(_lag_by_kafka(space)) == {"0"}
        assert not space.dead_letters()
        assert _events(space) == {f"commit-{number}" for number in range(PARTITIONS)}
    assert jejak("status", settings=space.environment).stderr.count("wait") == 0
    assert jejak("rebuild", "--from", "kafka", settings=space.environment, timeout=240).status == 0
    assert _events(space) == {f"commit-{number}" for number in range(PARTITIONS)}


def test_an_open_transaction_lets_nothing_hang_and_is_told(new_space: Callable[..., Space], logs: Path) -> None:
    space = new_space()
    producer = _producer(space, "open")
    with running_worker(space, logs):
        producer.begin_transaction()
        _write(space, producer, ["before"])
        producer.commit_transaction(30)
        space.until_committed()
        producer.begin_transaction()
        _write(space, producer, ["a", "b", "c", "d"])
        told = jejak("status", settings=space.environment)
        assert "1 record waits for a transaction to end" in told.stdout
        assert "no answer" not in told.stderr
        assert jejak("rebuild", "--from", "kafka", settings=space.environment, timeout=240).status == 0
        assert _events(space) == {"before"}
        producer.commit_transaction(30)
        space.until_committed()
        assert _events(space) == {"before", "a", "b", "c", "d"}


def test_an_open_transaction_is_no_partition_that_stands_still(new_space: Callable[..., Space]) -> None:
    """The broker answers with nothing though the partition goes on, as one does that has lost its way."""
    space = new_space()
    producer = _producer(space, "waiting")
    producer.begin_transaction()
    _write(space, producer, ["a", "b", "c", "d"])
    empty, told = space.loop.run(_empty_answers(space), timeout=60)
    assert empty > 5, "the broker gave no empty answers, so this shows nothing"
    assert told == {}
    producer.abort_transaction(30)


async def _empty_answers(space: Space) -> tuple[int, object]:
    """Read for much longer than a silence takes to be told: how often nothing came, and what is told then."""
    partition, empty = TopicPartition(space.settings.topic("messages"), 0), 0
    async with AIOKafkaConsumer(
        **consumer_options(space.settings), auto_offset_reset="earliest", fetch_max_wait_ms=200
    ) as consumer:
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        for _ in range(10):
            empty += not await consumer.getmany(timeout_ms=300)
        assert consumer.highwater(partition) > await consumer.position(partition)
        return empty, stopped(consumer, at_once=True)


def test_transactions_under_load_and_kills_lose_nothing_and_store_nothing_aborted(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a worker that dies amid a transaction's records, and begins anew between them and their end.

    Two producers commit and abort at random, interleaved; the worker is killed at random moments meanwhile. It fails
    where a committed record is missing, an aborted one is there, or a lag stays behind the last control record.
    """
    space, dice = new_space(), random.Random(51)
    kept: list[str] = []
    aborted: list[str] = []

    def write(name: str, seed: int) -> None:
        own, producer = random.Random(seed), _producer(space, name)
        for number in range(TRANSACTIONS):
            names = [f"{name}-{number}-{record}" for record in range(own.randint(1, 40))]
            producer.begin_transaction()
            _write(space, producer, names)
            if own.random() < 0.5:
                producer.commit_transaction(30)
                kept.extend(names)
            else:
                producer.abort_transaction(30)
                aborted.extend(names)

    threads = [threading.Thread(target=write, args=(f"p{number}", number)) for number in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        with start_worker(space, logs) as worker:
            worker.until_ready()
            threads[0].join(dice.uniform(0.1, 3.0))
            worker.kill()
    for thread in threads:
        thread.join(300)
        assert not thread.is_alive()
    with running_worker(space, logs) as worker:
        space.until_committed(120)
        assert worker.alive
    stored = _events(space)
    lost, wrong = set(kept) - stored, stored & set(aborted)
    report(
        Figures(
            f"transactions that commit and abort, kill -9 {KILLS} times",
            len(kept),
            len(stored),
            len(lost),
            space.stored("journey") - len(stored),
            len(space.dead_letters()),
        )
    )
    assert not lost
    assert not wrong
    assert set(_lag_by_kafka(space)) == {"0"}
