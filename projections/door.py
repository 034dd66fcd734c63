"""The door: `events` takes no row before everything is there that its rows must reach.

An INSERT gets no error about a materialized view that does not exist yet: its rows would be in `events` and
pass the read model by. So `jejak migrate` makes `events` with a constraint that no row satisfies, makes everything
else, and drops the constraint last. ClickHouse itself keeps the order: an INSERT looks at the constraints first and at
the views behind that. One that still sees the constraint fails, and its rows come again; one that does not see it
sees every view. Whoever inserts is held back, workers of another version too.

A migration that dies in between leaves the door shut; the next one finds that, makes the rest and opens it. A door that
is open is never shut again: where a view is missing later, workers wait by themselves (`projections/reach.py`), and an
upgrade that fails halfway must not stop what works.

On a cluster the constraint is on `events_local` of every server, and the Distributed `events` is made after that was
dropped, because it would copy the constraint.
"""

from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

from projections.cluster import LOCAL, Cluster
from projections.query import ask
from projections.statements import Statement

#: What ClickHouse's own error shows to those who insert, so it says what is going on.
CONSTRAINT = "closed_until_jejak_migrate_is_done"
SHUT = "`events` accepts no rows until all tables and views exist; run `jejak migrate`"

_CHECK = f"CONSTRAINT {CONSTRAINT} CHECK 0"


class Door:
    """The constraint on `events`, on one server or on all of a cluster."""

    def __init__(self, client: Client, cluster: Cluster | None) -> None:
        """Nothing is asked or changed yet.

        Arguments:
            client: a client of Jejak's database.
            cluster: the cluster it is on, if it is on one.
        """
        self._client = client
        self._cluster = cluster
        self.on_cluster = cluster.on_cluster if cluster else ""
        self.table = "events" + (LOCAL if cluster else "")

    def is_shut(self) -> bool:
        """Whether `events` is there and takes no rows."""
        return any(CONSTRAINT in definition for definition in self._definitions())

    def made_shut(self, statement: Statement) -> str:
        """The statement that makes a table: `events` shut, every other one as it is.

        A server that joins a cluster whose `events` is open must make it as the others have it, or Keeper refuses.
        """
        if statement.name != self.table or not all(CONSTRAINT in item for item in self._definitions()):
            return statement.sql
        return with_constraint(statement.sql)

    def open(self) -> None:
        """Let rows in. May be repeated, and run by several processes at once."""
        self._client.command(f"ALTER TABLE {self.table}{self.on_cluster} DROP CONSTRAINT IF EXISTS {CONSTRAINT}")

    def _definitions(self) -> Sequence[str]:
        """Of the table, on all servers that have it."""
        if self._cluster is None:
            rows = ask(self._client, "definition", table=self.table)
        else:
            where = {"cluster": self._cluster.name, "database": self._cluster.database}
            rows = ask(self._client, "definition_on_all", table=self.table, **where)
        return [row["create_table_query"] for row in rows]


def with_constraint(sql: str) -> str:
    """A CREATE TABLE of this house with the constraint behind its columns."""
    return sql.replace("\n)\nENGINE", f",\n    {_CHECK}\n)\nENGINE", 1)


def without_constraint(definition: str) -> str:
    """A definition as ClickHouse returns it, as if the door were open."""
    return definition.replace(f", {_CHECK}", "")
