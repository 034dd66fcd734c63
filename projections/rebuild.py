"""Rebuild: every fold table made anew from the stored events, beside the old one, then swapped in.

While it runs, events keep arriving. Three things keep them:

1. A feed, a table that stores nothing, stands before the new tables with the new materialized views. Whatever is
   inserted into `events` is copied into the feed from the start, so the new tables get every arrival.
2. The stored events are then poured through the feed. What comes both ways is folded once.
3. The swap exchanges old and new table by table, atomically; materialized views find their target by name. Where a
   materialized view itself has changed, it is given its new query just before, so that at every moment an arrival
   reaches the table that readers will read.

An interrupted rebuild leaves the old tables as they were; the next one begins by removing what it left.
"""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from clickhouse_connect.driver.client import Client

from projections.clickhouse import connect
from projections.door import SHUT, Door
from projections.migrate import Outcome, migrate, note
from projections.query import ask
from projections.roots import refresh_roots
from projections.statements import Statement, statements
from schemas.settings import Settings

SUFFIX = "_rebuild"
FEED = f"events{SUFFIX}_feed"
_COPY = f"{FEED}_from_events"
_LOOK_SECONDS = 0.1

Progress = Callable[[str, int, int], None]
"""Told the step, how many rows are done and how many there are."""


class RebuildError(Exception):
    """The rebuild was not carried out, and the tables are as they were."""


def rebuild(settings: Settings, progress: Progress) -> Outcome:
    """Make all fold tables anew from `events` and swap them in; views follow.

    Arguments:
        settings: where ClickHouse is.
        progress: told of each step.

    Returns:
        What the migration at its end replaced, and what still differs from the .sql files.

    Raises:
        RebuildError: a table is missing, or the tables are on a cluster.
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    refuse_on_cluster(settings)
    with connect(settings) as client:
        _check(client)
        clean_up(client)
        try:
            _lay_out(client)
            _pour(settings, client, progress)
            _follow_merges(client, SUFFIX)
            progress("swap", 0, 1)
            _swap(client)
            note(client, [*fold_tables(), *_views()], "rebuilt")
            _follow_merges(client, "")
            progress("swap", 1, 1)
        finally:
            clean_up(client)
    return migrate(settings)


def refuse_on_cluster(settings: Settings) -> None:
    """Swapping tables on several servers is not atomic, and nothing may be lost between them; so there it is not done.

    Raises:
        RebuildError: the tables are on a cluster.
    """
    if settings.clickhouse_cluster:
        raise RebuildError(
            "a cluster is not rebuilt in place: migrate a new database (JEJAK_CLICKHOUSE_URL) and run workers of a new "
            "JEJAK_CONSUMER_GROUP on it, then let readers and workers change over (deploy/README.md, On a cluster)"
        )


def fold_tables() -> list[Statement]:
    """The tables that are folded from `events`."""
    return [item for item in statements() if item.kind == "TABLE" and item.name != "events"]


def _views() -> list[Statement]:
    return [item for item in statements() if item.kind == "MATERIALIZED VIEW"]


def _check(client: Client) -> None:
    present = set(_names(client))
    missing = [item.name for item in statements() if item.kind != "VIEW" and item.name not in present]
    if missing:
        raise RebuildError(f"missing: {', '.join(missing)}; run `jejak migrate` first")
    if Door(client, None).is_shut():
        raise RebuildError(SHUT)


def _names(client: Client) -> list[str]:
    rows = client.query("SELECT name FROM system.tables WHERE database = currentDatabase()").result_rows
    return [name for (name,) in rows]


def clean_up(client: Client) -> None:
    """Remove what a rebuild made beside the tables: views first, for nothing may insert into a table that is gone."""
    left = [name for name in _names(client) if name.endswith(SUFFIX) or name.startswith(FEED)]
    views = {item.name + SUFFIX for item in _views()}
    # The copies of arrivals first: without them none reaches the others.
    for name in sorted(left, key=lambda name: ("_feed_from" not in name and "_copy" not in name, name not in views)):
        client.command(f"DROP TABLE IF EXISTS `{name}` SYNC")


def _lay_out(client: Client) -> None:
    """The new tables, the feed before them, and the copy of arrivals into the feed."""
    for table in fold_tables():
        client.command(_renamed(table))
    events = next(item for item in statements() if item.name == "events")
    definition = events.sql.replace("CREATE TABLE events", f"CREATE TABLE {FEED}", 1)
    client.command(re.sub(r"ENGINE = [\s\S]*", "ENGINE = Null", definition))
    for view in _views():
        client.command(_renamed(view))
    client.command(f"CREATE MATERIALIZED VIEW {_COPY} TO {FEED} AS SELECT * FROM events")
    until_older_inserts_end(client)


def _renamed(statement: Statement) -> str:
    """A statement about the new tables: every fold table's name gets the suffix, and `events` becomes the feed."""
    names = {item.name: item.name + SUFFIX for item in [*fold_tables(), *_views()]} | {"events": FEED}
    code = re.sub(r"--[^\n]*", "", statement.sql)
    pattern = (
        rf"(?<=CREATE TABLE )\w+|(?<=CREATE MATERIALIZED VIEW )\w+|(?<=\bTO )\w+|(?<=\bFROM )(?:{'|'.join(names)})\b"
    )
    return re.sub(pattern, lambda match: names[match[0]], code)


def until_older_inserts_end(client: Client) -> None:
    """Wait for INSERTs that began before the copy stood: they do not see it, and pouring might not see them."""
    begun = time.monotonic()
    while ask(client, "older_inserts", seconds=time.monotonic() - begun):
        time.sleep(_LOOK_SECONDS)


def _pour(settings: Settings, client: Client, progress: Progress) -> None:
    """Insert all stored events into the feed, telling how far it is."""
    total = int(client.query("SELECT count() FROM events").result_rows[0][0])
    query_id = f"jejak-rebuild-{uuid.uuid4()}"
    with ThreadPoolExecutor(1) as executor, connect(settings, send_receive_timeout=86_400) as pouring:
        pour = executor.submit(
            pouring.command, f"INSERT INTO {FEED} SELECT * FROM events", settings={"query_id": query_id}
        )
        while not pour.done():
            rows = ask(client, "query_progress", query_id=query_id)
            progress("pour", min(rows[0]["read_rows"] if rows else 0, total), total)
            time.sleep(_LOOK_SECONDS)
        pour.result()
    progress("pour", total, total)


def _follow_merges(client: Client, suffix: str) -> None:
    merges = client.query(f"SELECT DISTINCT workspace_id, previous_id FROM contact_merges{suffix}").result_rows
    refresh_roots(client, ((workspace, previous) for workspace, previous in merges), suffix=suffix)


def _swap(client: Client) -> None:
    for view in _changed_views(client):
        query = re.split(r"\bAS (?=SELECT|WITH)", view.sql, maxsplit=1)[1]
        client.command(f"ALTER TABLE {view.name} MODIFY QUERY {query}")
    for table in fold_tables():
        client.command(f"EXCHANGE TABLES {table.name} AND {table.name}{SUFFIX}")


def _changed_views(client: Client) -> Iterator[Statement]:
    """Materialized views whose query is not the file's. The new one beside it says how ClickHouse writes that."""
    rows = client.query("SELECT name, as_select FROM system.tables WHERE database = currentDatabase()").result_rows
    sql: dict[str, str] = dict(rows)  # type: ignore[arg-type]
    for view in _views():
        expected = sql[view.name + SUFFIX].replace(FEED, "events").replace(SUFFIX, "")
        if sql[view.name] != expected:
            yield view
