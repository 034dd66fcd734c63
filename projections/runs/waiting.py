"""Waiting for statements that run on the server, by its own list of them."""

import math
import time

from clickhouse_connect.driver.client import Client

from projections.query import ask

_LOOK_SECONDS = 0.05


def until_older_inserts_end(client: Client, limit: float = math.inf) -> bool:
    """Wait for INSERTs that began before this: they do not see what was changed just now.

    Arguments:
        client: a client of Jejak's database.
        limit: seconds.

    Returns:
        Whether all of them have ended.
    """
    return _until_none_is_older(client, "older_inserts", limit)


def until_older_readers_end(client: Client, limit: float) -> bool:
    """Wait for queries that began before this: they may have looked up tables under names that mean others now."""
    return _until_none_is_older(client, "older_queries", limit)


def _until_none_is_older(client: Client, question: str, limit: float) -> bool:
    begun = time.monotonic()
    while ask(client, question, seconds=time.monotonic() - begun):
        if time.monotonic() - begun > limit:
            return False
        time.sleep(_LOOK_SECONDS)
    return True
