"""The layout: the new tables of a run, the feed before them, and the copy of arrivals into the feed.

Whatever is inserted into `events` is copied into the feed from the start, so the new tables get every arrival. Roots of
merges are written into them by every writer of roots (`projections/runs/standing.py`).
"""

import re
from collections.abc import Mapping

from clickhouse_connect.driver.client import Client

from projections.door import SHUT, Door
from projections.runs.errors import RebuildError
from projections.runs.run import Run
from projections.runs.waiting import until_older_inserts_end
from projections.statements import Statement, statements

_CREATED = r"(?<=CREATE TABLE )\w+|(?<=CREATE MATERIALIZED VIEW )\w+|(?<=CREATE VIEW )\w+|(?<=\bTO )\w+"


def fold_tables() -> list[Statement]:
    """The tables that are folded from `events`."""
    return [item for item in statements() if item.kind == "TABLE" and item.name != "events"]


def folding_views() -> list[Statement]:
    """The materialized views that fold it."""
    return [item for item in statements() if item.kind == "MATERIALIZED VIEW"]


def views() -> list[Statement]:
    """What people read."""
    return [item for item in statements() if item.kind == "VIEW"]


def events_sql(name: str) -> str:
    """The statement that makes a table like `events`."""
    events = next(item for item in statements() if item.name == "events")
    return events.sql.replace("CREATE TABLE events", f"CREATE TABLE {name}", 1)


def check(client: Client) -> None:
    """Make sure that everything is there that is to be replaced.

    Raises:
        RebuildError: a table or a materialized view is missing, or `events` takes no rows yet.
    """
    rows = client.query("SELECT name FROM system.tables WHERE database = currentDatabase()").result_rows
    present = {name for (name,) in rows}
    missing = [item.name for item in statements() if item.kind != "VIEW" and item.name not in present]
    if missing:
        raise RebuildError(f"missing: {', '.join(missing)}; run `jejak migrate` first")
    if Door(client, None).is_shut():
        raise RebuildError(SHUT)


def lay_out(client: Client, run: Run) -> None:
    """Make everything that arrivals and stored events are folded into."""
    for name in run.fence:
        client.command(f"CREATE TABLE {name} (nothing UInt8) ENGINE = Null")
    for table in fold_tables():
        client.command(of_run(table.sql, run))
    client.command(re.sub(r"ENGINE = [\s\S]*", "ENGINE = Null", events_sql(run.feed)))
    for view in folding_views():
        client.command(of_run(view.sql, run))
    client.command(f"CREATE MATERIALIZED VIEW {run.copy} TO {run.feed} AS SELECT * FROM events")
    until_older_inserts_end(client)


def of_run(sql: str, run: Run) -> str:
    """A table's or a materialized view's statement about the new ones; `events` becomes the feed."""
    names = {item.name: item.name + run.suffix for item in [*fold_tables(), *folding_views()]} | {"events": run.feed}
    return renamed(sql, names)


def renamed(sql: str, names: Mapping[str, str]) -> str:
    """A statement with other tables and views in it. Columns keep being called by the old names.

    Arguments:
        sql: the statement.
        names: old name → new name; what is not in it stays as it is.
    """
    sql = re.sub(r"--[^\n]*", "", sql)
    sql = re.sub(_CREATED, lambda match: names.get(match[0], match[0]), sql)
    either = "|".join(sorted(names, key=len, reverse=True))

    def source(match: re.Match[str]) -> str:
        return f"{match[1]}{names[match[2]]}{match[3] or f' AS {match[2]}'}"

    return re.sub(rf"(\b(?:FROM|JOIN)\s+)({either})\b(\s+AS\s+\w+)?", source, sql)
