"""The report of `jejak status`: what Kafka and ClickHouse answered, and the verdict on it (contract, section 5).

Unhealthy is what keeps events from being stored or read models from being whole: somebody has to do something now. A
warning is what somebody should look at.
"""

from dataclasses import dataclass

from processors.dead_letters.summary import Waiting
from processors.kafka.lag import PartitionLag
from processors.stream.state import KafkaState
from projections.door import SHUT
from projections.state import ClickHouseState, remedy
from schemas.constants import MAX_UNSTORED_SECONDS
from schemas.words import counted, plural

#: So many merges without a root are counted; more are as bad.
MOST_UNFOLLOWED = 1_000


@dataclass(frozen=True)
class Report:
    """One look.

    Attributes:
        at: when, as Unix time.
        kafka: Kafka's state; None if it did not answer, and then `kafka_error` says why.
        clickhouse: likewise, with `clickhouse_error`.
        unfollowed: merged contacts that do not resolve to where their merges end; None if it is unknown.
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
            most = "at least " if self.unfollowed >= MOST_UNFOLLOWED else ""
            found.append(
                f"{most}{counted(self.unfollowed, 'merged contact')} "
                f"{plural(self.unfollowed, 'does', 'do')} not resolve to where the merges end; a worker follows "
                "them when it starts, and every ten minutes"
            )
        return found

    def _of_kafka(self, kafka: KafkaState) -> list[str]:
        found = []
        if kafka.missing:
            found.append(f"topics are missing, run `jejak topics`, or hidden by ACLs: {', '.join(kafka.missing)}")
        if self.lag and not kafka.group.members:
            found.append(f"{_waiting(self.lag)} and no worker is in the group {kafka.group.name}; run `jejak worker`")
        found += [item.stopped for item in kafka.lags if item.stopped]
        # Lag alone would hide it: there is no record whose age could be measured.
        found += [
            f"{item.topic}[{item.partition}]: the group's offset {item.committed} is behind the end {item.end}; the "
            "topic was recreated, or somebody set the offset: records may be skipped"
            for item in kafka.lags
            if item.committed is not None and item.committed > item.end
        ]
        age = self.age(kafka.lags)
        if age is not None and age > MAX_UNSTORED_SECONDS:
            found.append(f"the oldest record that is not stored is {span(age)} old; see the workers' logs and /readyz")
        return found

    def warnings(self) -> list[str]:
        """What somebody should look at, one line each."""
        found = []
        if self.kafka:
            found += self.kafka.differences
            found += [
                f"{item.topic}[{item.partition}]: {_waiting(item.in_transactions)} for a transaction to end"
                for item in self.kafka.lags
                if item.in_transactions
            ]
            found += letter_warnings(self.kafka.dead_letters)
            if not self.kafka.group.members and not self.lag:
                found.append(f"no worker is in the group {self.kafka.group.name}")
        if self.clickhouse:
            found += self.clickhouse.warnings
            # `jejak migrate` holds views back until a rebuild has made the tables.
            views_only = all(item.kind == "VIEW" for item in self.clickhouse.outdated)
            what = "`jejak migrate`" if views_only else "`jejak rebuild`"
            found += [
                f"{item.kind.lower()} {item.name} is of another version; run {what}"
                for item in self.clickhouse.outdated
            ]
        return found


def _of_clickhouse(clickhouse: ClickHouseState) -> list[str]:
    if clickhouse.shut:
        return [SHUT]
    what = remedy(clickhouse.missing) if clickhouse.missing else ""
    missing = [f"{item.kind.lower()} {item.name} is missing; run {what}" for item in clickhouse.missing]
    return [*missing, *map(str, clickhouse.lacking)]


def _waiting(records: int) -> str:
    return f"{counted(records, 'record')} {plural(records, 'waits', 'wait')}"


def letter_warnings(waiting: Waiting) -> list[str]:
    """What to say of the dead letters that wait, no more surely than it is known."""
    number = len(waiting.letters)
    if not number and not waiting.unread:
        return []
    told = f"{counted(number, 'dead letter')} {plural(number, 'waits', 'wait')}"
    if waiting.unread:
        told = f"about {told} among the newest, {counted(waiting.unread, 'older record')} not looked at"
    if number and not waiting.repairs_known:
        told += ", unless some were repaired by hand (ClickHouse was not asked)"
    return [f"{told}; see `jejak dead-letters list --waiting`"]


def span(seconds: float) -> str:
    """A time span for people."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
