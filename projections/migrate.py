"""Migration: brings ClickHouse to what the .sql files say, as far as that loses nothing, and names the rest.

Missing objects are created and views whose file has changed are replaced. A table or a materialized view gets nothing
but a new comment here: its rows were made by its definition, so where that differs it is `jejak rebuild`'s to replace,
and the views wait for that. The table `events` is made first and takes no rows until everything else is there
(`projections/door.py`). So a migration may be killed between any two statements, run beside others and beside workers.
Beside a rebuild that is at work nothing that is there is touched, and what dead rebuilds left is removed.
On a cluster (`projections/cluster.py`) every statement runs on all servers, and what one of them lacks is missing. The
table `schema_history` records what was applied when, by which version.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from clickhouse_connect.driver.client import Client

from projections.clickhouse import ClickHouseAddress, connect
from projections.cluster import LOCAL, READ_AFTER_WRITE, cluster_of
from projections.door import SHUT, Door
from projections.drift import Difference, differences
from projections.lacking import Lack, lacking_anywhere
from projections.query import ask
from projections.runs.errors import RebuildError
from projections.runs.leftovers import clean_up, shown_runs
from projections.runs.lock import living_holder
from projections.runs.run import run_of
from projections.server_version import version_warning
from projections.state import checksum
from projections.statements import Statement, split_comment, statements
from schemas.settings import Settings

#: The table that remembers what was applied.
HISTORY = """
CREATE TABLE IF NOT EXISTS schema_history
(
    applied_at    DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When',
    jejak_version String                                COMMENT 'By which version of Jejak',
    object        String                                COMMENT 'The table or view',
    action        String                                COMMENT 'created, replaced, commented or rebuilt',
    checksum      String                                COMMENT 'SHA-256 of its statement'
)
ENGINE = MergeTree
ORDER BY applied_at
COMMENT 'Internal: what jejak migrate has applied'
"""


@dataclass
class Outcome:
    """What a migration did.

    Attributes:
        created: objects that were missing.
        attached: objects that somebody had detached.
        replaced: views that were brought up to date.
        commented: tables and materialized views of which nothing but the comment was another.
        opened: whether `events` was shut, and takes rows now.
        drift: what differs still, and needs a person or `jejak rebuild`.
        warnings: what needs attention although nothing differs.
    """

    created: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    commented: list[str] = field(default_factory=list)
    opened: bool = False
    drift: list[Difference] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def needs_rebuild(self) -> bool:
        """Whether tables were made by another version, so that a rebuild has to make them again."""
        return any(_waits(item) and item.statement.name.removesuffix(LOCAL) != "events" for item in self.drift)


def migrate(settings: Settings, *, check_only: bool = False, within: str = "") -> Outcome:
    """Create or check the tables and views. May be run again at any time, also by several at once.

    Arguments:
        settings: where ClickHouse is.
        check_only: change nothing; everything that differs is drift then.
        within: the token of the rebuild that this is a part of.

    Raises:
        RebuildError: something is to be changed, and a rebuild is at work.
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    address = ClickHouseAddress(settings.clickhouse_url.get_secret_value())
    cluster = cluster_of(settings)
    outcome = Outcome()
    with connect(settings, database="default") as client:
        if warned := version_warning(client.server_version or ""):
            outcome.warnings.append(warned)
        if not check_only:
            client.command(cluster.database_sql() if cluster else f"CREATE DATABASE IF NOT EXISTS `{address.database}`")
        client.database = address.database
        if not check_only:
            client.command(cluster.replicated_everywhere(HISTORY) if cluster else HISTORY)
        bridged = _beside_rebuilds(client, check_only=check_only, within=within)
        if not (check_only or cluster):
            outcome.attached = _attach(client, within=within)
        client.database = "default"
        found = differences(client, address.database, cluster)
        client.database = address.database
        door = Door(client, cluster)
        if check_only:
            outcome.drift = [*([_shut()] if door.is_shut() else []), *found]
            if not cluster and not any(item.missing for item in found):
                outcome.drift += map(_lack, lacking_anywhere(client))
            return outcome
        if found and not within:
            refuse_beside_a_rebuild(client)
        _mend_all(client, found, outcome, door, bridged=bridged)
    return outcome


def _mend_all(client: Client, found: Sequence[Difference], outcome: Outcome, door: Door, *, bridged: bool) -> None:
    # A view may need a column that only a rebuild brings; until then the old one is the right one. What
    # this version's workers and its rebuild read themselves cannot wait for a rebuild.
    waiting = any(map(_waits, found))

    def mend(difference: Difference) -> None:
        if difference.in_comment_only and not (bridged or difference.statement.is_replaceable):
            _comment(client, difference.statement, door)
            outcome.commented.append(difference.statement.name)
            return
        _mend(client, difference, outcome, door, views=not (bridged or waiting) or _is_read_by_workers(difference))

    # The Distributed `events` is a copy of what it stands for, the constraint included.
    behind_the_door = [item for item in found if item.statement.name == "events" and item.statement.is_derived]
    for difference in [item for item in found if item not in behind_the_door]:
        mend(difference)
    if door.is_shut():
        door.open()
        outcome.opened = True
    for difference in behind_the_door:
        mend(difference)


def _waits(difference: Difference) -> bool:
    """Whether only a rebuild can mend it."""
    return not (difference.missing or difference.in_comment_only or difference.statement.is_replaceable)


def _is_read_by_workers(difference: Difference) -> bool:
    return difference.missing and difference.statement.name.removesuffix(LOCAL) in READ_AFTER_WRITE


def _beside_rebuilds(client: Client, *, check_only: bool, within: str) -> bool:
    """Remove what dead rebuilds left; whether readers are still led past the tables by one."""
    objects = ask(client, "definitions")
    if not (check_only or within) and any(run_of(row["name"]) for row in objects):
        living = living_holder(client)
        clean_up(client, objects, alive=[living.token] if living else [])
    return any(token != within for token in shown_runs(objects))


def _attach(client: Client, *, within: str) -> list[str]:
    """Bring back what was detached. To create it would do nothing, without an error, because its name is taken."""
    detached = {row["name"] for row in ask(client, "detached_objects")}
    names = [item.name for item in statements() if item.name in detached]
    if names and not within:
        refuse_beside_a_rebuild(client)
    for name in names:
        client.command(f"ATTACH TABLE {name}")
    return names


def refuse_beside_a_rebuild(client: Client) -> None:
    """What a rebuild compares and exchanges must not change under its hands.

    Raises:
        RebuildError: one is at work.
    """
    if (living := living_holder(client)) is not None:
        raise RebuildError(f"a rebuild is under way: {living}; run this again when it has ended; nothing was changed")


def _shut() -> Difference:
    return Difference(next(item for item in statements() if item.name == "events"), SHUT)


def _lack(lack: Lack) -> Difference:
    return Difference(next(item for item in statements() if item.name == lack.table), str(lack))


def _mend(client: Client, difference: Difference, outcome: Outcome, door: Door, *, views: bool) -> None:
    statement = difference.statement
    if difference.missing and (views or not statement.is_replaceable):
        _apply(client, statement, door.made_shut(statement), "created")
        outcome.created.append(statement.name)
    elif statement.is_replaceable and views:
        if statement.name not in outcome.replaced:
            _apply(client, statement, statement.sql, "replaced")
            outcome.replaced.append(statement.name)
    else:
        outcome.drift.append(difference)


def _apply(client: Client, statement: Statement, sql: str, action: str) -> None:
    kind = statement.kind
    how = f"CREATE OR REPLACE {kind} " if action == "replaced" else f"CREATE {kind} IF NOT EXISTS "
    client.command(sql.replace(f"CREATE {kind} ", how, 1))
    note(client, [statement], action)


def _comment(client: Client, statement: Statement, door: Door) -> None:
    """Bring in a comment. It touches no row, and needs no rebuild."""
    comment = split_comment(statement.sql)[1].strip()
    client.command(f"ALTER TABLE {statement.name}{door.on_cluster} MODIFY {comment}")
    note(client, [statement], "commented")


def note(client: Client, made: Iterable[Statement], action: str) -> None:
    """Write into the history what was made by which text.

    Arguments:
        client: a client of Jejak's database.
        made: the tables and views.
        action: created, replaced, commented or rebuilt.
    """
    client.insert(
        "schema_history",
        [[version("jejak"), item.name, action, checksum(item)] for item in made],
        column_names=["jejak_version", "object", "action", "checksum"],
    )
