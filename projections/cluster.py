"""Cluster: the same tables and views on several ClickHouse servers (`JEJAK_CLICKHOUSE_CLUSTER`).

A workspace lives on one shard, chosen by `cityHash64(workspace_id)`. Nothing joins across workspaces, so a shard can
answer for its workspaces alone, and every read model becomes two objects:

- `leads_local`, on each shard: the statement of the .sql file, reading and writing other `_local` objects only. Joins,
  FINAL and materialized views thus never leave a shard. Tables are Replicated*MergeTree.
- `leads`: a Distributed table over it, under the public name. It asks all shards, or the one that a condition on
  `workspace_id` leaves, and puts their rows together.

So readers use the same names as on a single server. The parameterized views cannot be reached through a
Distributed table; they stay as they are and read the public names. What they look up in another table is on the same
shard, and `_SAME_SHARD` has it looked up there. The worker inserts into the public `events` and waits for the shard:
what is confirmed is stored there.

The number of shards is fixed once there are events, because another number gives workspaces other shards.
Made from the same statements as a single server's tables; `projections/statements.py` has those.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from projections.clickhouse import ClickHouseAddress
from projections.statements import Statement, pinned, split_comment, statements
from schemas.settings import Settings

LOCAL = "_local"

#: Read by the worker right after it wrote, when it follows merges: all replicas are asked, because any other than the
#: one that took the rows may not have them yet. Rows that come twice are counted once by those who ask.
READ_AFTER_WRITE = {"contact_merges", "merged_contacts", "roots_clock"}

#: Replicated tables drop a block that they have seen before, and its materialized views then get nothing. A block that
#: comes again because a view failed on it the first time would be missing there for ever. The folds need no such help.
_NO_DEDUPLICATION = "replicated_deduplication_window = 0"

#: Added to what a view sets anyway, so that it answers alike whatever its reader sets.
_SAME_SHARD = "distributed_product_mode = 'local', optimize_skip_unused_shards = 1"

_ENGINE = re.compile(r"^ENGINE = (\w*MergeTree)(?:\((.*)\))?$", re.MULTILINE)
_PARAMETER = re.compile(r"\{\w+:")


@dataclass(frozen=True)
class Cluster:
    """How the statements read on a cluster.

    Attributes:
        name: the cluster's name in the servers' `remote_servers`.
        database: Jejak's database.
        is_draft: leave out replication and ON CLUSTER. A draft compares with the real thing (`projections/drift.py`).
    """

    name: str
    database: str
    is_draft: bool = False

    def statements(self) -> tuple[Statement, ...]:
        """All statements, in the order in which they can be run."""
        return tuple(item for statement in statements() for item in self._render(statement))

    def database_sql(self) -> str:
        """The statement that creates the database on every server."""
        return f"CREATE DATABASE IF NOT EXISTS `{self.database}`{self.on_cluster}"

    def replicated_everywhere(self, sql: str) -> str:
        """A table that is not sharded: every server of the cluster has all of it.

        Arguments:
            sql: its CREATE TABLE IF NOT EXISTS for a single server.
        """
        name = re.search(r"EXISTS (\w+)", sql)
        assert name is not None
        sql = sql.replace(name[0], name[0] + self.on_cluster, 1)
        return self._replicate(sql, name[1], shard="all", replica="{shard}-{replica}")

    @property
    def on_cluster(self) -> str:
        """What makes a statement run on every server."""
        return "" if self.is_draft else f" ON CLUSTER {quoted(self.name)}"

    def _render(self, statement: Statement) -> Iterator[Statement]:
        sql = re.sub(r"--[^\n]*\n", "\n", statement.sql)
        sql = sql[sql.index("CREATE ") :]
        if statement.kind == "VIEW" and _PARAMETER.search(sql):
            yield self._made(statement, statement.name, pinned(sql, f", {_SAME_SHARD}"))
            return
        sql = _shard_names(sql)
        if statement.kind == "MATERIALIZED VIEW":
            yield self._made(statement, statement.name, sql)
            return
        local = self._made(statement, statement.name + LOCAL, sql)
        if statement.kind == "TABLE":
            sql = _without_deduplication(self._replicate(local.sql, statement.name))
            local = Statement(local.kind, local.name, sql, local.file)
        yield _called_internal(local)
        yield self._front(statement)

    def _made(self, statement: Statement, name: str, sql: str) -> Statement:
        head = f"CREATE {statement.kind} {statement.name}"
        return Statement(
            statement.kind,
            name,
            sql.replace(head, f"CREATE {statement.kind} {name}{self.on_cluster}", 1),
            statement.file,
        )

    def _front(self, statement: Statement) -> Statement:
        """What has the public name."""
        place = f"{quoted(self.name)}, {quoted(self.database)}, {quoted(statement.name + LOCAL)}"
        comment = split_comment(statement.sql)[1]
        if statement.name in READ_AFTER_WRITE:
            sql = (
                f"CREATE VIEW {statement.name}{self.on_cluster}\n"
                f"AS SELECT * FROM clusterAllReplicas({place})\n"
                f"SETTINGS skip_unavailable_shards = 1{comment}"
            )
            return Statement("VIEW", statement.name, sql, statement.file)
        sql = (
            f"CREATE TABLE {statement.name}{self.on_cluster} AS {statement.name}{LOCAL}\n"
            f"ENGINE = Distributed({place}, cityHash64(workspace_id)){comment}"
        )
        return Statement("TABLE", statement.name, sql, statement.file, is_derived=True)

    def _replicate(self, sql: str, name: str, *, shard: str = "{shard}", replica: str = "{replica}") -> str:
        """`{shard}` and `{replica}` are macros that every server knows of itself."""
        if self.is_draft:
            return sql
        path = f"/clickhouse/tables/{shard}/{self.database}/{name}"

        def engine(match: re.Match[str]) -> str:
            arguments = [quoted(path), quoted(replica), *([match[2]] if match[2] else [])]
            return f"ENGINE = Replicated{match[1]}({', '.join(arguments)})"

        return _ENGINE.sub(engine, sql)


def layout(settings: Settings) -> tuple[Statement, ...]:
    """The statements of this installation, on one server or on a cluster, in the order in which they can be run.

    Arguments:
        settings: which of both it is, and the database.
    """
    cluster = cluster_of(settings)
    return cluster.statements() if cluster else statements()


def cluster_of(settings: Settings) -> Cluster | None:
    """The cluster of this installation, None on a single server.

    Arguments:
        settings: its name, and the database.
    """
    if not settings.clickhouse_cluster:
        return None
    return Cluster(settings.clickhouse_cluster, ClickHouseAddress(settings.clickhouse_url.get_secret_value()).database)


def _called_internal(local: Statement) -> Statement:
    """Also where the public name beside it is for people."""
    query, comment = split_comment(local.sql)
    if "COMMENT 'Internal: " in comment:
        return local
    name = local.name.removesuffix(LOCAL)
    sql = f"{query}\nCOMMENT 'Internal: the rows of {name} on this shard'"
    return Statement(local.kind, local.name, sql, local.file)


def _without_deduplication(sql: str) -> str:
    table, comment = re.split(r"\n(?=COMMENT ')", sql)
    if "\nSETTINGS " in table:
        return f"{table}, {_NO_DEDUPLICATION}\n{comment}"
    return f"{table}\nSETTINGS {_NO_DEDUPLICATION}\n{comment}"


def plain(definition: str) -> str:
    """A definition as ClickHouse returns it, without what differs between a draft and the real object."""
    definition = re.sub(r"\bReplicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?", r"\1(", definition)
    definition = re.sub(r"(MergeTree)\(\)", r"\1", definition)
    return re.sub(r"((?:Distributed|clusterAllReplicas)\('[^']*', )'[^']*'", r"\1''", definition)


def _sharded() -> Sequence[str]:
    return [
        item.name
        for item in statements()
        if item.kind == "TABLE" or (item.kind == "VIEW" and not _PARAMETER.search(item.sql))
    ]


def _shard_names(sql: str) -> str:
    """Let a statement read and write the objects of its own shard. Columns keep the old names."""
    names = "|".join(sorted(_sharded(), key=len, reverse=True))
    sql = re.sub(rf"(?<=\bTO )({names})\b", rf"\1{LOCAL}", sql)

    def source(match: re.Match[str]) -> str:
        return f"{match[1]}{match[2]}{LOCAL}{match[3] or f' AS {match[2]}'}"

    return re.sub(rf"(\b(?:FROM|JOIN)\s+)({names})\b(\s+AS\s+\w+)?", source, sql)


def quoted(text: str) -> str:
    """A text as ClickHouse writes it in a statement.

    Arguments:
        text: the text.
    """
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
