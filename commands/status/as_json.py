"""`jejak status --json`: the report as one object. `commands/status/command.py` documents its shape."""

from typing import Any

from commands.status.report import Report
from commands.terminal.instants import instant
from commands.terminal.output import plain
from processors.dead_letters.summary import Waiting
from processors.kafka.lag import PartitionLag
from processors.stream.state import KafkaState
from projections.state import TableState


def as_json(report: Report) -> dict[str, Any]:
    """The report for machines."""
    kafka, clickhouse, problems = report.kafka, report.clickhouse, report.problems()
    return {
        "healthy": not problems,
        "problems": problems,
        "warnings": report.warnings(),
        "lag": [_lag_row(item) for item in kafka.lags] if kafka else [],
        "oldest_unstored_seconds": report.age(kafka.lags) if kafka else None,
        "group": _group(kafka) if kafka else None,
        "dead_letters": _dead_letters(kafka.dead_letters) if kafka else None,
        "unfollowed_merges": report.unfollowed,
        "tables": [_table(table) for table in clickhouse.tables] if clickhouse else [],
    }


def _lag_row(item: PartitionLag) -> dict[str, Any]:
    row = vars(item) | {"oldest_at": _instant(item.oldest_ms)}
    del row["oldest_ms"]
    return row


def _table(table: TableState) -> dict[str, Any]:
    return vars(table) | {"written_at": plain(table.written_at)}


def _group(kafka: KafkaState) -> dict[str, Any]:
    return vars(kafka.group) | {"members": [vars(member) for member in kafka.group.members]}


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
