"""The report of `jejak status`: what Kafka and ClickHouse know, and the verdict on it (contract, section 5).

Unhealthy is what keeps events from being stored or read models from being whole: somebody has to do something now. A
warning is what somebody should look at.
"""

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Any

from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import ClickHouseError

from commands.instants import instant
from commands.output import counted, plain
from processors.dead_letters.repairs import Repairs
from processors.dead_letters.summary import Waiting
from processors.kafka.complaints import Complaints
from processors.kafka.faults import explain_kafka
from processors.kafka.lag import PartitionLag
from processors.kafka.state import KafkaState, kafka_state
from projections.clickhouse import connect
from projections.door import SHUT
from projections.faults import explain_clickhouse
from projections.state import ClickHouseState, TableState, clickhouse_state, remedy
from projections.unfollowed import left_unfollowed
from schemas.settings import Settings

#: The contract's limit for the oldest record that is not stored.
OLDEST_SECONDS = 60.0
#: How long each of the two may take; a person waits.
_PATIENCE_SECONDS = 2.0
#: Looking at every merge takes longer: some seconds where there are a million.
_MERGES_SECONDS = 20.0
#: So many merges without a root are counted; more are as bad.
_MOST_UNFOLLOWED = 1_000


@dataclass(frozen=True)
class Report:
    """One look.

    Attributes:
        at: when, as Unix time.
        kafka: what Kafka told; None where it did not, and then `kafka_error` says why.
        clickhouse: likewise, with `clickhouse_error`.
        unfollowed: merged contacts that do not resolve to where their merges end; None where that could not be told.
    """

    at: float
    kafka: KafkaState | None = None
    kafka_error: str | None = None
    clickhouse: ClickHouseState | None = None
    clickhouse_error: str | None = None
    unfollowed: int | None = None

    @property
    def lag(self) -> int:
        """Records that are appended and not stored."""
        return sum(item.lag for item in self.kafka.lags) if self.kafka else 0

    def age(self, items: list[PartitionLag]) -> float | None:
        """The age in seconds of the oldest record of these partitions that is not stored; None for none."""
        times = [item.oldest_ms for item in items if item.oldest_ms is not None]
        return max(0.0, self.at - min(times) / 1000) if times else None

    def problems(self) -> list[str]:
        """Why it is unhealthy, one line each; empty when it is well."""
        found = [error for error in (self.kafka_error, self.clickhouse_error) if error]
        if self.kafka:
            found += self._of_kafka(self.kafka)
        if self.clickhouse:
            found += _of_clickhouse(self.clickhouse)
        if self.unfollowed:
            most = "at least " if self.unfollowed >= _MOST_UNFOLLOWED else ""
            found.append(
                f"{most}{self.unfollowed} merged contacts do not resolve to where their merges end; a worker follows "
                "them when it starts, and every ten minutes"
            )
        return found

    def _of_kafka(self, kafka: KafkaState) -> list[str]:
        found = []
        if kafka.missing:
            found.append(f"topics are missing, run `jejak topics`, or hidden by ACLs: {', '.join(kafka.missing)}")
        if self.lag and not kafka.group.members:
            found.append(
                f"{self.lag} records wait and no worker is in the group {kafka.group.name}; run `jejak worker`"
            )
        found += [item.stopped for item in kafka.lags if item.stopped]
        # Lag alone would hide it: no record lies there whose age could be told.
        found += [
            f"{item.topic}[{item.partition}]: the group's offset {item.committed} is behind the end {item.end}; the "
            "topic was made anew, or the offset was set by hand: records may be passed by"
            for item in kafka.lags
            if item.committed is not None and item.committed > item.end
        ]
        age = self.age(kafka.lags)
        if age is not None and age > OLDEST_SECONDS:
            found.append(f"the oldest record that is not stored is {span(age)} old; see the workers' logs and /readyz")
        return found

    def warnings(self) -> list[str]:
        """What somebody should look at, one line each."""
        found = []
        if self.kafka:
            found += self.kafka.differences
            found += [
                f"{item.topic}[{item.partition}]: {item.in_transactions} records wait for a transaction to end"
                for item in self.kafka.lags
                if item.in_transactions
            ]
            found += letter_warnings(self.kafka.dead_letters)
            if not self.kafka.group.members and not self.lag:
                found.append(f"no worker is in the group {self.kafka.group.name}")
        if self.clickhouse:
            # `jejak migrate` holds views back until a rebuild has made the tables.
            views_only = all(item.kind == "VIEW" for item in self.clickhouse.outdated)
            what = "`jejak migrate`" if views_only else "`jejak rebuild`"
            found += [
                f"{item.kind.lower()} {item.name} is of another version; run {what}"
                for item in self.clickhouse.outdated
            ]
        return found

    def as_json(self) -> dict[str, Any]:
        """The report for machines; `commands.status` tells its shape."""
        kafka, clickhouse, problems = self.kafka, self.clickhouse, self.problems()
        return {
            "healthy": not problems,
            "problems": problems,
            "warnings": self.warnings(),
            "lag": [_lag_row(item) for item in kafka.lags] if kafka else [],
            "oldest_unstored_seconds": self.age(kafka.lags) if kafka else None,
            "group": _group(kafka) if kafka else None,
            "dead_letters": _dead_letters(kafka.dead_letters) if kafka else None,
            "unfollowed_merges": self.unfollowed,
            "tables": [_table(table) for table in clickhouse.tables] if clickhouse else [],
        }


def _of_clickhouse(clickhouse: ClickHouseState) -> list[str]:
    if clickhouse.shut:
        return [SHUT]
    what = remedy(clickhouse.missing) if clickhouse.missing else ""
    missing = [f"{item.kind.lower()} {item.name} is missing; run {what}" for item in clickhouse.missing]
    return [*missing, *map(str, clickhouse.lacking)]


def _lag_row(item: PartitionLag) -> dict[str, Any]:
    row = vars(item) | {"oldest_at": _instant(item.oldest_ms)}
    del row["oldest_ms"]
    return row


def _table(table: TableState) -> dict[str, Any]:
    return vars(table) | {"written_at": plain(table.written_at)}


def _group(kafka: KafkaState) -> dict[str, Any]:
    return vars(kafka.group) | {"members": [vars(member) for member in kafka.group.members]}


def letter_warnings(waiting: Waiting) -> list[str]:
    """What to say of the dead letters that wait, no more surely than it is known."""
    number = len(waiting.letters)
    if not number and not waiting.unread:
        return []
    told = f"{counted(number, 'dead letter')} {'waits' if number == 1 else 'wait'}"
    if waiting.unread:
        told = f"about {told} among the newest, {counted(waiting.unread, 'older record')} not looked at"
    if number and not waiting.repairs_known:
        told += ", if none was repaired by hand (ClickHouse was not asked)"
    return [f"{told}; see `jejak dead-letters list --waiting`"]


def _dead_letters(waiting: Waiting) -> dict[str, Any]:
    last = waiting.last
    told = last and {"at": _instant(last.at_ms), "reason": last.reason, "message": last.message, "topic": last.topic}
    return {
        "count": len(waiting.letters),
        "exact": not waiting.unread and (waiting.repairs_known or not waiting.letters),
        "unread": waiting.unread,
        "repairs_known": waiting.repairs_known,
        "last": told,
    }


def _instant(at_ms: int | None) -> str | None:
    """A Kafka timestamp in ISO 8601."""
    at: str | None = plain(instant(at_ms))
    return at


def span(seconds: float) -> str:
    """A time span for people."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


async def look(settings: Settings) -> Report:
    """Ask both at once; neither keeps the other from being told."""
    at = time.time()
    (kafka, kafka_error), (clickhouse, clickhouse_error), merges = await asyncio.gather(
        _kafka(settings), _clickhouse(settings), asyncio.to_thread(_unfollowed, settings)
    )
    if kafka and clickhouse:
        kafka = replace(kafka, dead_letters=await _without_repaired(settings, kafka.dead_letters))
    return Report(at, kafka, kafka_error, clickhouse, clickhouse_error, merges)


async def _without_repaired(settings: Settings, waiting: Waiting) -> Waiting:
    """Ask ClickHouse, which has just answered, for the letters that were repaired by hand."""
    repairs = Repairs(settings, _PATIENCE_SECONDS)
    stored = await repairs.stored(waiting.asked)
    repairs.close()
    return waiting if stored is None else waiting.without(stored)


async def _kafka(settings: Settings) -> tuple[KafkaState | None, str | None]:
    heard = Complaints()
    try:
        return await kafka_state(settings, _PATIENCE_SECONDS), None
    except TimeoutError:
        told = f"no answer within {_PATIENCE_SECONDS:.0f} s"
        return None, f"Kafka cannot be reached at {settings.kafka_bootstrap_servers}: {told}"
    except (KafkaError, OSError) as error:
        return None, explain_kafka(error, heard.last)
    finally:
        heard.close()


def _unfollowed(settings: Settings) -> int | None:
    """None where ClickHouse does not answer or lacks tables: the other questions tell that."""
    try:
        with connect(settings, connect_timeout=_PATIENCE_SECONDS, send_receive_timeout=_MERGES_SECONDS) as client:
            return left_unfollowed(client, _MOST_UNFOLLOWED)
    except ClickHouseError:
        return None


async def _clickhouse(settings: Settings) -> tuple[ClickHouseState | None, str | None]:
    try:
        return await asyncio.to_thread(clickhouse_state, settings, _PATIENCE_SECONDS), None
    except ClickHouseError as error:
        return None, explain_clickhouse(error)
