"""Jejak's state as ClickHouse knows it: what is missing or of another version, rows and freshness."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from projections.clickhouse import connect
from projections.cluster import LOCAL, cluster_of, layout
from projections.door import Door
from projections.lacking import Lack, lacking_in_sample
from projections.query import ask
from projections.reused import reused_in_sample
from projections.statements import Statement, statements
from schemas.settings import Settings


@dataclass(frozen=True)
class TableState:
    """One table.

    Attributes:
        name: the table.
        read_model: the read model it serves, by its file under `projections/sql/`.
        rows: what is stored, duplicates that are not merged yet included.
        written_at: the last INSERT into it or merge of it, in UTC; None for never.
    """

    name: str
    read_model: str
    rows: int
    written_at: datetime | None


@dataclass(frozen=True)
class ClickHouseState:
    """The answer.

    Attributes:
        tables: those that are there, in the order of the files.
        missing: tables, materialized views and views that are not.
        shut: whether `events` takes no rows, because a migration is on its way or was interrupted.
        lacking: tables that do not have what `events` has, as far as a sample shows; on one server only.
        outdated: those that another version of their statement made.
        warnings: what somebody should see to, one line each.
    """

    tables: list[TableState]
    missing: list[Statement]
    outdated: list[Statement]
    shut: bool = False
    lacking: list[Lack] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def clickhouse_state(settings: Settings, seconds: float) -> ClickHouseState:
    """Ask ClickHouse.

    Arguments:
        settings: where it is.
        seconds: how long one answer may take.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    with connect(settings, connect_timeout=seconds, send_receive_timeout=seconds) as client:
        names = object_names(client)
        made = _checksums(client) if "schema_history" in names else {}
        wanted = layout(settings)
        missing = missing_from(names)
        can_sample = not (missing or settings.clickhouse_cluster)
        return ClickHouseState(
            _tables(client, wanted),
            missing,
            _outdated(wanted, names, made),
            Door(client, cluster_of(settings)).is_shut(),
            _lacking(client) if can_sample else [],
            _reused(client, seconds) if can_sample else [],
        )


def _lacking(client: Client) -> list[Lack]:
    """What a sample finds; nothing if that takes too long. Whether ClickHouse is well was asked before."""
    try:
        return lacking_in_sample(client)
    except ClickHouseError:
        return []


def _reused(client: Client, seconds: float) -> list[str]:
    """The same for ids that are used again. A look is a part of the answer's time."""
    try:
        found = reused_in_sample(client, seconds / 2)
    except ClickHouseError:
        return []
    return [found] if found else []


def object_names(client: Client) -> set[str]:
    """Everything in the database that the user may see."""
    return {row["name"] for row in ask(client, "object_names")}


def advice(missing: Sequence[Statement]) -> str:
    """What is missing and what to do, in one line.

    Workers store nothing while a table or a materialized view is missing, so a view that was dropped has missed no row
    of theirs, and a table that was dropped has lost its own.

    Arguments:
        missing: at least one table or view.
    """
    told = ", ".join(f"{item.kind.lower()} {item.name}" for item in missing)
    return f"missing in ClickHouse: {told}; run {remedy(missing)}"


def remedy(missing: Sequence[Statement]) -> str:
    """The commands that bring back what is missing.

    Arguments:
        missing: at least one table or view.
    """
    tables = {item.name.removesuffix(LOCAL) for item in missing if item.kind == "TABLE" and not item.is_derived}
    if not tables or tables >= {item.name for item in statements() if item.kind == "TABLE"}:
        return "`jejak migrate`"
    return f"`jejak migrate`, then `jejak rebuild{' --from kafka' if 'events' in tables else ''}`"


def missing_from(names: set[str]) -> list[Statement]:
    """What should be there beside these, in the order in which it is made."""
    return [item for item in statements() if item.name not in names]


def _checksums(client: Client) -> dict[str, str]:
    return {row["object"]: row["checksum"] for row in ask(client, "applied_checksums")}


def _outdated(wanted: Sequence[Statement], names: set[str], made: dict[str, str]) -> list[Statement]:
    """What `jejak migrate` or `jejak rebuild` made by another text; what a person altered is `migrate`'s to find."""
    return [item for item in wanted if item.name in names and item.name in made and made[item.name] != checksum(item)]


def checksum(statement: Statement) -> str:
    """By which the text of a statement is known again."""
    return hashlib.sha256(statement.sql.encode()).hexdigest()


def _tables(client: Client, wanted: Sequence[Statement]) -> list[TableState]:
    rows = {row["name"]: row for row in ask(client, "table_rows")}
    return [
        TableState(item.name, item.file, rows[item.name]["rows"] or 0, _in_utc(rows[item.name]["written_at"]))
        for item in wanted
        if item.kind == "TABLE" and item.name in rows
    ]


def _in_utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
