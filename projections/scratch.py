"""Scratch databases: made for a moment, to ask ClickHouse what the .sql files mean.

Whoever makes one drops it again. A process that is killed cannot, so whoever makes the next one drops what the dead
have left. A scratch database counts as left once nothing was made in it for a while, by the server's clock: its owner
makes table after table and needs seconds for all of them. What has rows, or a name that is not ours, is never dropped.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from clickhouse_connect.driver.client import Client

from projections.query import ask

#: After so long without a sign of life the owner is dead. A busy server makes a table within a second or two.
_LEASE_SECONDS = 60


@contextmanager
def scratch_database(client: Client, database: str) -> Iterator[str]:
    """An empty database beside another one, which is the client's own inside the block and is dropped afterwards.

    Arguments:
        client: a client of any database, allowed to create one and to drop it.
        database: what it is made beside; the name begins with it.

    Yields:
        Its name.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    drop_left(client, database)
    (now,) = ask(client, "server_time")
    # Empty, it has nothing but its name to tell how old it is.
    scratch = f"{_prefix(database)}{now['seconds']}_{uuid.uuid4().hex[:8]}"
    before = client.database
    client.command(f"CREATE DATABASE `{scratch}`")
    client.database = scratch
    try:
        yield scratch
    finally:
        client.database = before
        client.command(f"DROP DATABASE IF EXISTS `{scratch}`")


def drop_left(client: Client, database: str) -> list[str]:
    """Drop the scratch databases that dead processes left; returns their names.

    Arguments:
        client: a client of any database, allowed to drop them.
        database: what they were made beside.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    found = ask(client, "scratch_databases", prefix=_prefix(database))
    left = [row["name"] for row in found if row["silence"] > _LEASE_SECONDS]
    for name in left:
        client.command(f"DROP DATABASE IF EXISTS `{name}`")
    return left


def _prefix(database: str) -> str:
    return f"{database}_expected_"
