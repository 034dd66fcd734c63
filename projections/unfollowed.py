"""Merges that were not followed to their end: how they are found and followed.

A merge is followed before it counts as stored, so such merges exist only where a worker died in between and
the merge did not come again (a topic was deleted, a consumer group given up), where a worker of an older version
wrote beside one of this one, and on a cluster, where a replica did not know what another knew. Every root is right
where no contact's root differs from that of whom it was merged into; only a cycle that was closed by a contact's second
tie can agree with itself and be wrong, so those contacts are followed again.
"""

import time

from clickhouse_connect.driver.client import Client

from projections.query import ask, command
from projections.roots import Merge, refresh_roots

#: Followed at a time, so that a worker's memory has a bound.
_MOST = 10_000
#: In one look; the next one goes on.
_AT_ONCE = 1_000_000
#: A merge that was stored this moment is no fault: a writer takes milliseconds, and seconds for a contact that many
#: others were merged into.
_LOOKS = 3
_BETWEEN_SECONDS = 1.0


def unfollowed(client: Client, most: int = _MOST) -> list[Merge]:
    """Merged contacts whose root is missing or wrong. Merges that were stored this moment are among them.

    Arguments:
        client: a client of Jejak's database.
        most: no more than so many.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return [(row["workspace_id"], row["previous_id"]) for row in ask(client, "unfollowed_merges", most=most)]


def left_unfollowed(client: Client, most: int) -> int:
    """How many merged contacts stay without their right root though they are looked at again.

    Arguments:
        client: a client of Jejak's database.
        most: no more than so many are counted.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    left = set(unfollowed(client, most))
    for _ in range(_LOOKS - 1):
        if left:
            time.sleep(_BETWEEN_SECONDS)
            left &= set(unfollowed(client, most))
    return len(left)


def follow_all(client: Client) -> int:
    """Follow what was not followed. Several processes may run it at once, also while merges are stored.

    Arguments:
        client: a client of Jejak's database.

    Returns:
        How many merges there were.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    command(client, "fill_merged_contacts")
    retied = [(row["workspace_id"], row["previous_id"]) for row in ask(client, "retied_contacts", most=_MOST)]
    refresh_roots(client, retied)
    count, before = 0, set[Merge]()
    # What was followed is not found again, or it is just being followed by somebody else.
    while (found := set(unfollowed(client)) - before) and count < _AT_ONCE:
        refresh_roots(client, found)
        count, before = count + len(found), found
    return count
