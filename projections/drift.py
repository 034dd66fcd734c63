"""Drift: where the tables and views in ClickHouse differ from the .sql files, named one by one.

What the files mean is asked of ClickHouse itself: they are created in an empty scratch database, and both
databases' own descriptions are compared. No SQL is parsed here, and a new server version that formats its
descriptions differently does so on both sides.

On a cluster the scratch database is made on the server that answers alone, without replication; definitions are
compared there, and what another server of the cluster does not have counts as missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from clickhouse_connect.driver.client import Client

from projections.cluster import Cluster, plain, quoted
from projections.door import without_constraint
from projections.query import ask
from projections.runs.quiet import without_pause
from projections.scratch import scratch_database
from projections.statements import Statement, statements

#: What of a column is compared, in the words of system.columns.
_ASPECTS = ("type", "default_kind", "default_expression", "comment", "compression_codec")


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        statement: the object that differs.
        what: what is different, in one line.
        missing: whether the object is not there at all.
        in_comment_only: whether the object's comment is all that differs; a column's comment says what its values
            mean, and is a part of the definition.
    """

    statement: Statement
    what: str
    missing: bool = False
    in_comment_only: bool = False

    def __str__(self) -> str:
        return f"{self.statement.kind.lower()} {self.statement.name}: {self.what}"


@dataclass(frozen=True)
class _Description:
    tables: dict[str, str]
    comments: dict[str, str]
    columns: dict[str, dict[str, tuple[Any, ...]]]


def differences(client: Client, database: str, cluster: Cluster | None = None) -> list[Difference]:
    """Compare a database with the files.

    Arguments:
        client: a client of any database, allowed to create one.
        database: the database to look at.
        cluster: the cluster it is on, if it is on one.

    Returns:
        The differences in the order of the statements; empty if there is no difference.
    """
    actual = _describe(client, database, on_cluster=cluster is not None)
    with _expected(client, database, cluster) as scratch:
        expected = _describe(client, scratch, on_cluster=cluster is not None)
    present = _on_all_servers(client, cluster) if cluster else actual.tables.keys()
    found: list[Difference] = []
    for statement in cluster.statements() if cluster else statements():
        if statement.name not in present or statement.name not in actual.tables:
            found.append(Difference(statement, "missing", missing=True))
        elif actual.tables[statement.name] == expected.tables[statement.name]:
            if told := _explain_comment(statement.name, actual, expected):
                found.append(Difference(statement, told, in_comment_only=True))
        else:
            found += [Difference(statement, what) for what in _explain(statement.name, actual, expected)]
    return found


def _explain(name: str, actual: _Description, expected: _Description) -> list[str]:
    there, wanted = actual.columns.get(name, {}), expected.columns.get(name, {})
    told = [f"column {column} is missing" for column in wanted if column not in there]
    told += [f"column {column} is not in the file" for column in there if column not in wanted]
    for column in wanted.keys() & there.keys():
        for aspect, is_, should in zip(_ASPECTS, there[column], wanted[column], strict=True):
            if is_ != should:
                told.append(f"column {column}: {aspect} is {is_!r}, the file says {should!r}")
    return sorted(told) or [
        f"defined as {_tail(actual.tables[name])!r}, the file says {_tail(expected.tables[name])!r}"
    ]


def _explain_comment(name: str, actual: _Description, expected: _Description) -> str:
    is_, should = actual.comments[name], expected.comments[name]
    return "" if is_ == should else f"its comment is {is_!r}, the file says {should!r}"


def _tail(definition: str) -> str:
    """The part of a definition behind its columns, which is where the rest of the differences are."""
    return definition[max(definition.find("ENGINE = "), definition.find(" AS SELECT"), 0) :][:300]


def _describe(client: Client, database: str, *, on_cluster: bool) -> _Description:
    parameters = {"database": database}
    tables = client.query(
        "SELECT name, create_table_query, comment FROM system.tables WHERE database = {database:String}", parameters
    ).result_rows
    columns: dict[str, dict[str, tuple[Any, ...]]] = {}
    for table, column, *aspects in client.query(
        f"SELECT table, name, {', '.join(_ASPECTS)} FROM system.columns WHERE database = {{database:String}}",  # noqa: S608 - constants
        parameters,
    ).result_rows:
        columns.setdefault(table, {})[column] = tuple(aspects)
    # A definition names its own database; that is no difference. Neither is a door that is shut or a rebuild's pause:
    # both pass.
    definitions = {
        name: without_pause(without_constraint(_without_comment(sql, comment).replace(f"{database}.", "")))
        for name, sql, comment in tables
    }
    return _Description(
        {name: plain(sql) if on_cluster else sql for name, sql in definitions.items()},
        {name: comment for name, _, comment in tables},
        columns,
    )


def _without_comment(definition: str, comment: str) -> str:
    """A definition as ClickHouse returns it, without the comment of the object itself."""
    if not comment:
        return definition
    before, _, behind = definition.rpartition(f" COMMENT {quoted(comment)}")
    return before + behind


def _on_all_servers(client: Client, cluster: Cluster) -> set[str]:
    return {row["name"] for row in ask(client, "tables_on_all", cluster=cluster.name, database=cluster.database)}


@contextmanager
def _expected(client: Client, database: str, cluster: Cluster | None) -> Iterator[str]:
    """A scratch database that holds just what the files say."""
    with scratch_database(client, database) as scratch:
        drafts = Cluster(cluster.name, scratch, is_draft=True).statements() if cluster else statements()
        for statement in drafts:
            client.command(statement.sql)
        yield scratch
