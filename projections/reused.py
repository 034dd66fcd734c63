"""Reused ids: whether producers use an id again for another event, found in a sample (contract, section 1).

The view `reused_ids` names them all, and reads every id of a workspace for it. Ids come again from a service that
counts from 1 after each start, or sends a correction under the old id. So a few events tell, beside the others of the
same persons, which lie together.
"""

from clickhouse_connect.driver.client import Client

from projections.sample import sampled
from projections.snippets import render

#: A place has so many rows of `events`, and a look so many in all: some dozen persons.
_PLACE_ROWS, _ROWS = 200, 600


def reused_in_sample(client: Client, seconds: float) -> str | None:
    """Look at a few events, some of them new.

    Arguments:
        client: a client of Jejak's database, on a single server.
        seconds: how long it may take.

    Returns:
        One line to read where an id is used for several events, else None.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses, or it takes longer.
    """
    sql = render("{{ reused }}", {"places": sampled(client, "events", _PLACE_ROWS, _ROWS)})
    (seen, reused), *_ = client.query(sql, settings={"max_execution_time": seconds}).result_rows
    if not reused:
        return None
    return (
        f"{reused} of {seen} event ids looked at belong to more than one event: a producer uses ids again; "
        "the view reused_ids names them"
    )
