"""Standing rebuilds: roots are written into their new tables too, by whoever writes roots.

Where merges end is not folded by ClickHouse but followed by the worker (`projections/roots.py`), so the copy of
arrivals does not bring it. A rebuild follows all merges once that it has poured; what is merged later the worker
follows in both places, each from the merges that are stored there. So nothing is left to be done behind the swap, and a
rebuild that dies there takes nothing with it. The new tables come first: what readers have seen is in them.

A worker looks for rebuilds *behind* its INSERT. One that is not there yet has not begun to pour, and finds the merge.
"""

from collections.abc import Collection

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from projections.faults import code_of
from projections.query import ask
from projections.roots import NOT_OURS, Merge, refresh_roots


def follow_everywhere(client: Client, merges: Collection[Merge]) -> None:
    """Bring the roots up to date after merges were stored, in the tables that are read and in those being made.

    Arguments:
        client: a client of Jejak's database.
        merges: what was merged.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    if not merges:
        return
    for row in ask(client, "standing_roots"):
        try:
            refresh_roots(client, merges, suffix=row["suffix"])
        except DatabaseError as error:
            if code_of(error) not in NOT_OURS:
                raise
    refresh_roots(client, merges)
