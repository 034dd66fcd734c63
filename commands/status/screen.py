"""`jejak status` for people: one screen."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from commands.status.report import Report, span
from commands.terminal.output import local_time, one_row
from processors.stream.state import KafkaState
from projections.state import TableState
from schemas.words import counted


def screen(report: Report) -> RenderableType:
    """Everything that the report says, the verdict last: that is where the eyes are on a terminal."""
    parts: list[RenderableType] = []
    if report.kafka:
        parts += [_lag(report, report.kafka), Text(""), *_kafka_lines(report.kafka), Text("")]
    if report.clickhouse:
        parts += [_read_models(report, report.clickhouse.tables), Text("")]
    return Group(*parts, *_verdict(report))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in ("lag", "rows", "tables") else "left", overflow="fold")
    return table


def _lag(report: Report, kafka: KafkaState) -> RenderableType:
    """A line a topic, its partitions side by side."""
    table = _table("topic", "lag", "by partition", "oldest not stored")
    for topic, items in groupby(kafka.lags, key=lambda item: item.topic):
        group = list(items)
        age = report.age(group)
        by_partition = "  ".join(f"{item.partition}:{item.lag}" for item in group)
        told = "" if age is None else f"{span(age)} ago"
        table.add_row(one_row(topic), str(sum(item.lag for item in group)), by_partition, told)
    behind = sum(1 for item in kafka.lags if item.lag)
    return Group(
        Text(f"Lag: {counted(report.lag, 'record')} in {behind} of {counted(len(kafka.lags), 'partition')}", "bold"),
        table,
    )


def _kafka_lines(kafka: KafkaState) -> Iterable[Text]:
    members = kafka.group.members
    yield Text(f"Group {one_row(kafka.group.name)}: {kafka.group.state}, {counted(len(members), 'worker')}")
    for member in members:
        held = "" if member.partitions is None else f", {counted(member.partitions, 'partition')}"
        yield Text(f"  {one_row(member.id)} {one_row(member.host)}{held}")
    last = kafka.dead_letters.last
    told = f", the last {one_row(last.reason)} from {one_row(last.topic)}: {one_row(last.message)}" if last else ""
    more = " or more" if kafka.dead_letters.unread else ""
    yield Text(f"Dead letters that wait: {len(kafka.dead_letters.letters)}{more}{told}")


def _read_models(report: Report, tables: list[TableState]) -> Table:
    """A line a read model: what its tables hold, and when they were last written."""
    shown = _table("read model", "tables", "rows", "last written")
    for name, items in groupby(tables, key=lambda table: table.read_model):
        group = list(items)
        last = max((table.written_at for table in group if table.written_at), default=None)
        age = f"  {span(max(0.0, report.at - last.timestamp()))} ago" if last else ""
        rows = sum(table.rows for table in group)
        shown.add_row(name, str(len(group)), str(rows), f"{local_time(last)}{age}")
    shown.caption = "rows: of its tables, including duplicates that are not merged yet"
    shown.caption_justify = "left"
    return shown


def _verdict(report: Report) -> Iterable[Text]:
    for line in report.warnings():
        yield Text(f"warning: {one_row(line)}", "yellow")
    problems = report.problems()
    yield Text("unhealthy" if problems else "healthy", "bold red" if problems else "bold green")


def watched(report: Report) -> RenderableType:
    """The screen with the problems on it; a single look has them on stderr."""
    problems = (Text(f"problem: {one_row(line)}", "red") for line in report.problems())
    return Group(screen(report), *problems, Text(f"{local_time(datetime.fromtimestamp(report.at, UTC))}, Ctrl-C ends"))
