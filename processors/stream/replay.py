"""Replay: the table `events` made again from offset 0 of the topics, beside the old one, then put in its place.

Kafka is the history, so this restores what ClickHouse lost. It may also lose what Kafka no longer has; therefore the
stored events are looked for among the replayed ones first, and unless a loss is allowed nothing is replaced where one
would be missing. Events that arrive meanwhile are copied into the new table by a materialized view.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import zstandard
from clickhouse_connect.driver.client import Client

from processors.fetch.unreadable import Unreadable
from processors.kafka.reading import TopicReader
from processors.stream.row import COLUMNS, FORMAT, row_of
from projections.query import ask
from projections.rebuild.course import refuse_on_cluster
from projections.rebuild.layout import events_sql
from projections.rebuild.site import Site, open_site
from projections.rebuild.swap import exchange
from projections.runs.errors import Progress, RebuildError
from projections.runs.quiet import Quiet, quiet
from projections.runs.run import Run
from projections.runs.waiting import until_older_inserts_end
from schemas.constants import TOPICS
from schemas.rejection import RejectedError
from schemas.settings import Settings
from schemas.validation import validate
from schemas.words import counted, plural

_BLOCK_ROWS = 50_000
_FETCH_RECORDS = 20_000
_PARTITION_FETCH_BYTES = 4 * 2**20
#: How often events are looked for that seem to be missing.
_COUNTS = 5


@dataclass
class Replayed:
    """What was read from the topics.

    Attributes:
        records: how many there were.
        rejected: how many of them are no events; they are in the dead letters already.
        lost: stored events that the topics no longer have.
        unreadable: what could not be read and was skipped, one line each; stored events of it count as lost.
    """

    records: int = 0
    rejected: int = 0
    lost: int = 0
    unreadable: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = (
            f"replayed {counted(self.records, 'record')}, {self.rejected:,} of them rejected; "
            f"{counted(self.lost, 'stored event')} lost"
        )
        return "\n".join((told, *self.unreadable))


def restore_events(settings: Settings, progress: Progress, *, allow_loss: bool) -> Replayed:
    """Replace the stored events by those of the topics. The fold tables are the rebuild's to follow.

    Arguments:
        settings: where Kafka and ClickHouse are.
        progress: called with how many records were read.
        allow_loss: whether stored events may go that the topics no longer have.

    Raises:
        RebuildError: a stored event would be lost, and that is not allowed, or the tables are on a cluster;
            nothing was replaced.
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    refuse_on_cluster(settings)
    with open_site(settings, progress) as site:
        site.step("lay out events")
        _lay_out(site)
        site.step("replay")
        replayed = asyncio.run(_replay(site))
        site.step("count")
        replayed.lost = _missing(site)
        if replayed.lost and not allow_loss:
            raise RebuildError(
                f"{counted(replayed.lost, 'stored event')} {plural(replayed.lost, 'is', 'are')} not in the topics "
                "(--allow-loss continues without them)"
            )
        _replace(site)
    return replayed


def new_events(run: Run) -> str:
    """The table that is filled from the topics."""
    return f"events{run.suffix}"


def _lay_out(site: Site) -> None:
    for name in site.run.fence:
        site.client.command(f"CREATE TABLE {name} (nothing UInt8) ENGINE = Null")
    site.client.command(events_sql(new_events(site.run)))
    site.client.command(f"CREATE MATERIALIZED VIEW {site.run.copy} TO {new_events(site.run)} AS SELECT * FROM events")
    site.remember()
    until_older_inserts_end(site.client)


async def _replay(site: Site) -> Replayed:
    settings, table = site.settings, new_events(site.run)
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
            await asyncio.to_thread(_insert, site.client, table, rows)
            rows = []
            site.progress("replay", replayed.records, total)
    if rows:
        await asyncio.to_thread(_insert, site.client, table, rows)
    site.progress("replay", replayed.records, replayed.records)
    return replayed


async def _records(settings: Settings, unreadable: Callable[[Unreadable], None]) -> AsyncIterator[tuple[Any, int]]:
    """Every record there is now, from the beginning of each partition, with how many there are in all."""
    # A rebuild that has come so far waits for a broker for as long as it takes.
    reader = TopicReader(
        settings,
        unreadable=unreadable,
        records_at_once=_FETCH_RECORDS,
        patience_seconds=None,
        max_partition_fetch_bytes=_PARTITION_FETCH_BYTES,
    )
    async with reader:
        spans = await reader.spans(map(settings.topic, TOPICS))
        _refuse_missing(settings, {partition.topic for partition in spans})
        total = sum(end - begin for begin, end in spans.values())
        async for records in reader.records(spans):
            for record in records:
                yield record, total


def _refuse_missing(settings: Settings, existing: set[str]) -> None:
    missing = [topic for topic in map(settings.topic, TOPICS) if topic not in existing]
    if missing:
        raise RebuildError(f"topics are missing: {', '.join(missing)}; nothing was changed")


def _insert(client: Client, table: str, rows: list[bytes]) -> None:
    body = zstandard.ZstdCompressor(level=1).compress(b"\n".join(rows))
    client.raw_insert(table, COLUMNS, body, fmt=FORMAT, compression="zstd")


def _missing(site: Site) -> int:
    """How many stored events the replay did not bring.

    An arrival can be seen in `events` a moment before its copy is. So what is missing is counted again once the
    INSERTs of that moment have ended; what is really missing is missing each time.
    """
    missing = 0
    for _ in range(_COUNTS):
        missing = int(ask(site.client, "missing_events", table=new_events(site.run))[0]["missing"])
        if not missing:
            break
        until_older_inserts_end(site.client)
    return missing


def _replace(site: Site) -> None:
    """Put the new events in the old ones' place while no row is on its way: each has what the other gets."""
    client = site.client
    begun = client.query("SELECT now()").result_rows[0][0]
    site.step("pause for events")
    with quiet(client, site.run.token, ["events"]) as reached:
        site.step("swap events")
        exchange(site, [("events", new_events(site.run))])
        site.stands = "`events` now holds the topics' events, the other tables are unchanged; run `jejak rebuild`"
    if not _was_quiet(client, reached):
        _bring_back(site, begun)


def _was_quiet(client: Client, reached: Quiet) -> bool:
    return reached.is_reached and int(ask(client, "server_time")[0]["seconds"]) < reached.until


def _bring_back(site: Site, begun: datetime) -> None:
    """An INSERT that lasted through the swap may have reached the old table only; its rows come again."""
    until_older_inserts_end(site.client)
    old = new_events(site.run)
    recent = [row["name"] for row in ask(site.client, "parts_since", table=old, since=begun)]
    site.client.command(
        f"INSERT INTO events SELECT * FROM {old} WHERE _part IN {{parts:Array(String)}}", parameters={"parts": recent}
    )
