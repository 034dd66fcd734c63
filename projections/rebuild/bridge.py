"""The bridge: how readers move from old definitions to new ones without an answer that mixes both.

Where a table, a materialized view or a view has changed, a reader must not find an old table beside a new one, nor a
view its table without the column that it reads. So readers are led over a bridge, in three steps, each of which may be
the last one of a run that dies:

1. `show`: every public view is exchanged with one that reads the run's new tables under the run's names. A view is thus
   wholly of the old definition or wholly of the new one. Nobody reads the tables under the public names any more.
2. `replace` and `fill`: there, tables and materialized views get their new definitions, and the tables the rows of
   the run's. What comes both ways is folded once.
3. `name`: every public view is exchanged with that of the .sql file. Both sides have the same rows.

Where a run dies on the bridge, readers go on with its tables, which go on getting everything; the next rebuild leads
them on. `jejak migrate` holds views back so long.
"""

import re

from clickhouse_connect.driver.client import Client

from projections.rebuild.layout import fold_tables, folding_views, renamed, views
from projections.rebuild.site import Site
from projections.rebuild.swap import exchange, exchange_in_quiet
from projections.runs.errors import RebuildError
from projections.runs.run import Run
from projections.runs.waiting import until_older_inserts_end, until_older_readers_end
from projections.statements import Statement

#: By then the longest query has looked up its tables, and goes on with those.
_LOOK_UP_SECONDS = 5.0


def refuse_other_types(client: Client, run: Run) -> None:
    """A row on its way may meet a table of the other definition, and must fit in there.

    Raises:
        RebuildError: a column keeps its name and changes its type.
    """
    rows = client.query("SELECT table, name, type FROM system.columns WHERE database = currentDatabase()").result_rows
    types = {(table, name): re.sub(r"LowCardinality\((.*?)\)", r"\1", kind) for table, name, kind in rows}
    for table in fold_tables():
        for (where, name), kind in types.items():
            if where == table.name and types.get((table.name + run.suffix, name), kind) != kind:
                raise RebuildError(
                    f"column {name} of {table.name} changes its type, which cannot be done in place; use `jejak "
                    "rebuild --into DATABASE` (docs/changing-a-projection.md), or give it another name"
                )


def cross(site: Site, changed: set[str]) -> None:
    """Lead readers over, and the tables behind them.

    Arguments:
        site: of the rebuild.
        changed: the names of what differs from the .sql files.
    """
    site.step("show")
    _show(site)
    site.stands = "readers see the new tables through temporary views; run `jejak rebuild` again to finish"
    until_older_readers_end(site.client, _LOOK_UP_SECONDS)
    site.step("replace tables")
    _replace_tables(site, "room")
    for view in folding_views():
        if view.name in changed:
            site.step("replace view")
            _replace_query(site, view)
    site.step("fill tables")
    _replace_tables(site, "twin")
    _fill_tables(site)
    site.step("name")
    _name(site)
    site.stands = "the new tables are in place"
    until_older_readers_end(site.client, _LOOK_UP_SECONDS)


def _show(site: Site) -> None:
    names = {item.name: item.name + site.run.suffix for item in [*fold_tables(), *views()]}
    present = {name for (name,) in site.client.query("SHOW TABLES").result_rows}
    for view in views():
        site.client.command(renamed(view.sql, names))
        shown = _called(view, f"{view.name}_shown{site.run.suffix}")
        site.client.command(renamed(shown, names))
        if view.name not in present:
            others = {name: to for name, to in names.items() if name != view.name}
            site.client.command(renamed(view.sql, others))
    _exchange_views(site, "shown")


def _replace_query(site: Site, view: Statement) -> None:
    """By an exchange, not by an ALTER: so that a run which was taken over cannot do it."""
    following = f"{view.name}_next{site.run.suffix}"
    site.client.command(_called(view, following))
    exchange(site, [(view.name, following)])
    site.client.command(f"DROP TABLE {following} SYNC")
    site.remember()


def _replace_tables(site: Site, kind: str) -> None:
    """Empty tables of the new definition under the public names.

    This is done twice. The first ones make room for the new materialized views, which ClickHouse makes only where the
    columns are, and take what the old ones still write; the second ones are written to by the new ones alone.
    """
    suffix = site.run.suffix
    for table in fold_tables():
        site.client.command(_called(table, f"{table.name}_{kind}{suffix}"))
    exchange(site, [(table.name, f"{table.name}_{kind}{suffix}") for table in fold_tables()])
    until_older_inserts_end(site.client)


def _fill_tables(site: Site) -> None:
    """The rows of the run's tables, which have had every arrival; what arrives from now on comes to both."""
    for table in fold_tables():
        site.client.command(f"ALTER TABLE {table.name} ATTACH PARTITION tuple() FROM {table.name}{site.run.suffix}")


def _name(site: Site) -> None:
    for view in views():
        site.client.command(_called(view, f"{view.name}_named{site.run.suffix}"))
    _exchange_views(site, "named")


def _exchange_views(site: Site, kind: str) -> None:
    site.remember()
    pairs = [(view.name, f"{view.name}_{kind}{site.run.suffix}") for view in views()]
    exchange_in_quiet(site, f"exchange views with {kind}", pairs)


def _called(statement: Statement, name: str) -> str:
    """Its statement for another name."""
    head = f"CREATE {statement.kind} "
    return statement.sql.replace(head + statement.name, head + name, 1)
