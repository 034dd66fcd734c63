"""Reach: whether everything exists that a row must reach, checked before and after each INSERT.

A materialized view that is gone is no error to ClickHouse. Rows go into `events` and pass its read model by, and no
look *before* an INSERT can rule that out: the view may be dropped just then. Delivery is at least once, though, so a
look *behind* it can. The same objects, known by their UUIDs, on both sides of an INSERT were there throughout; else the
rows count as not stored and are sent again. The look behind one INSERT is the one before the next.

UUIDs of tables count as well. A rebuild's swap exchanges them, and a block that was on its way at that moment is
written once more, which the fold absorbs.

On a cluster views are on the shards, so every server is asked. One that does not answer is left out: an INSERT that
needs it fails by itself, and one that does not need it must not wait for it.
"""

from collections.abc import Mapping, Sequence

from clickhouse_connect.driver.client import Client

from projections.cluster import Cluster
from projections.query import ask
from projections.state import advice
from projections.statements import Statement, statements

Look = Mapping[tuple[str, str], str]
"""UUIDs by server and name."""


class OutOfReachError(Exception):
    """Something that rows must reach is missing. The message is one line that says what to do."""


class ChangedError(Exception):
    """Something that rows must reach was recreated while they were being inserted."""


class Reach:
    """Asks for what rows must reach."""

    def __init__(self, cluster: Cluster | None) -> None:
        """Nothing is asked yet.

        Arguments:
            cluster: the cluster that the tables are on, if they are on one.
        """
        self._cluster = cluster
        layout: Sequence[Statement] = cluster.statements() if cluster else statements()
        self._wanted = {item.name: item for item in layout if item.kind != "VIEW"}

    def look(self, client: Client) -> Look:
        """What is there now.

        Arguments:
            client: a client of Jejak's database.

        Raises:
            OutOfReachError: not everything is.
            clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
        """
        found = {(row["server"], row["name"]): row["uuid"] for row in self._ask(client) if row["name"] in self._wanted}
        servers = {server for server, _ in found} or {""}
        missing = [item for item in self._wanted.values() if any((at, item.name) not in found for at in servers)]
        if missing:
            raise OutOfReachError(advice(missing))
        return found

    def _ask(self, client: Client) -> list[dict[str, str]]:
        if self._cluster is None:
            return ask(client, "reach")
        return ask(client, "reach_on_all", cluster=self._cluster.name, database=self._cluster.database)


def is_same(before: Look, behind: Look) -> bool:
    """Whether nothing was recreated between two looks, on all servers that answered both."""
    return all(uuid == behind.get(key, uuid) for key, uuid in before.items())
