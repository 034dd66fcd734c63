"""Replay: the table `events` made anew from offset 0 of the topics, beside the old one, then put in its place.

Kafka is the history, so this restores what ClickHouse lost. It may also lose what Kafka no longer has; therefore the
stored events are looked for among the replayed ones first, and unless a loss is allowed nothing is replaced where one
would be missing. Events that arrive meanwhile are copied into the new table by a materialized view.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import zstandard
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition
from clickhouse_connect.driver.client import Client

from processors.fetching import pass_over
from processors.kafka import consumer_options, existing_partitions
from processors.lag import readable_ends
from processors.row import COLUMNS, FORMAT, row_of
from processors.unreadable import Unreadable
from projections.clickhouse import connect
from projections.query import ask
from projections.rebuild import SUFFIX, Progress, RebuildError, clean_up, refuse_on_cluster, until_older_inserts_end
from projections.statements import statements
from schemas.catalogue import TOPICS
from schemas.rejection import RejectedError
from schemas.settings import Settings
from schemas.validation import validate

NEW_EVENTS = f"events{SUFFIX}"
_COPY = f"events_copy{SUFFIX}"
_BLOCK_ROWS = 50_000
_FETCH_RECORDS = 20_000
_FETCH_WAIT_MS = 200
#: How often events are looked for that seem to be missing.
_COUNTS = 5


@dataclass
class Replayed:
    """What was read from the topics.

    Attributes:
        records: how many there were.
        rejected: how many of them are no events; they are in the dead letters already.
        lost: stored events that the topics no longer have.
        unreadable: what could not be read and was gone past, one line each; what was stored of it counts as lost.
    """

    records: int = 0
    rejected: int = 0
    lost: int = 0
    unreadable: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = f"replayed {self.records} records, {self.rejected} of them no events; {self.lost} stored events lost"
        return "\n".join((told, *self.unreadable))


def restore_events(settings: Settings, progress: Progress, *, allow_loss: bool) -> Replayed:
    """Replace the stored events by those of the topics. The fold tables are the rebuild's to follow.

    Arguments:
        settings: where Kafka and ClickHouse are.
        progress: told how many records are read.
        allow_loss: whether stored events may go that the topics no longer have.

    Raises:
        RebuildError: a stored event would be lost, and that is not allowed, or the tables are on a cluster;
            nothing was replaced.
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    refuse_on_cluster(settings)
    with connect(settings, send_receive_timeout=86_400) as client:
        clean_up(client)
        try:
            _lay_out(client)
            replayed = asyncio.run(_replay(settings, client, progress))
            replayed.lost = _missing(client)
            if replayed.lost and not allow_loss:
                raise RebuildError(
                    f"{replayed.lost} stored events are not in the topics; nothing was changed "
                    "(--allow-loss goes on without them)"
                )
            _replace(client)
        finally:
            clean_up(client)
    return replayed


def _lay_out(client: Client) -> None:
    events = next(item for item in statements() if item.name == "events")
    client.command(events.sql.replace("CREATE TABLE events", f"CREATE TABLE {NEW_EVENTS}", 1))
    client.command(f"CREATE MATERIALIZED VIEW {_COPY} TO {NEW_EVENTS} AS SELECT * FROM events")
    until_older_inserts_end(client)


async def _replay(settings: Settings, client: Client, progress: Progress) -> Replayed:
    replayed = Replayed()
    rows: list[bytes] = []
    prefix = len(settings.topic_prefix)
    async for record, total in _records(settings, lambda found: replayed.unreadable.append(str(found))):
        replayed.records += 1
        if record.value is not None:
            try:
                event = validate(record.value, topic=record.topic[prefix:], recorded_ms=record.timestamp)
                rows.append(row_of(event))
            except RejectedError:
                replayed.rejected += 1
        if len(rows) >= _BLOCK_ROWS:
            await asyncio.to_thread(_insert, client, rows)
            rows = []
            progress("replay", replayed.records, total)
    if rows:
        await asyncio.to_thread(_insert, client, rows)
    progress("replay", replayed.records, replayed.records)
    return replayed


async def _records(settings: Settings, unreadable: Callable[[Unreadable], None]) -> AsyncIterator[tuple[Any, int]]:
    """Every record there is now, from the beginning of each partition, with how many there are in all."""
    consumer = AIOKafkaConsumer(
        **consumer_options(settings), auto_offset_reset="earliest", max_partition_fetch_bytes=4 * 2**20
    )
    try:
        await consumer.start()
        pass_over(consumer, unreadable)
        partitions = await _partitions(settings, consumer)
        consumer.assign(partitions)
        begins = await consumer.beginning_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await readable_ends(consumer, partitions)
        total = sum(ends[partition] - begins[partition] for partition in partitions)
        await consumer.seek_to_beginning(*partitions)
        waiting = {partition for partition in partitions if begins[partition] < ends[partition]}
        while waiting:
            fetched = await consumer.getmany(*waiting, timeout_ms=_FETCH_WAIT_MS, max_records=_FETCH_RECORDS)
            for partition, records in fetched.items():
                for record in records:
                    if record.offset < ends[partition]:
                        yield record, total
            for partition in tuple(waiting):
                if await consumer.position(partition) >= ends[partition]:
                    waiting.discard(partition)
    finally:
        await consumer.stop()


async def _partitions(settings: Settings, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
    partitions = await existing_partitions(consumer, [settings.topic(name) for name in TOPICS])
    existing = {partition.topic for partition in partitions}
    missing = [settings.topic(name) for name in TOPICS if settings.topic(name) not in existing]
    if missing:
        raise RebuildError(f"topics are missing: {', '.join(missing)}; nothing was changed")
    return partitions


def _insert(client: Client, rows: list[bytes]) -> None:
    body = zstandard.ZstdCompressor(level=1).compress(b"\n".join(rows))
    client.raw_insert(NEW_EVENTS, COLUMNS, body, fmt=FORMAT, compression="zstd")


def _missing(client: Client) -> int:
    """How many stored events the replay did not bring.

    An arrival can be seen in `events` a moment before its copy is. So what is missing is counted again once the
    INSERTs of that moment have ended; what is really missing is missing each time.
    """
    missing = 0
    for _ in range(_COUNTS):
        missing = int(ask(client, "missing_events")[0]["missing"])
        if not missing:
            break
        until_older_inserts_end(client)
    return missing


def _replace(client: Client) -> None:
    """Put the new events in the old ones' place, atomically; then what was stored in just that moment once more."""
    begun = client.query("SELECT now()").result_rows[0][0]
    client.command(f"ALTER TABLE events REPLACE PARTITION tuple() FROM {NEW_EVENTS}")
    until_older_inserts_end(client)
    recent = [row["name"] for row in ask(client, "parts_since", table=NEW_EVENTS, since=begun)]
    client.command(
        f"INSERT INTO events SELECT * FROM {NEW_EVENTS} WHERE _part IN {{parts:Array(String)}}",
        parameters={"parts": recent},
    )
