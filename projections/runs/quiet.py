"""Quiet: a moment in which no row is being inserted, so that no reader notices the swap.

An INSERT reaches its tables one after the other. Whoever exchanges them meanwhile may show a reader a row in an old
table and not yet in the new one. So for the moment of the swap the tables that are written to refuse rows, by a
constraint that the server looks at first; what was on its way before is waited for. Workers try again.

The constraint expires by itself, by the server's clock, so a rebuild that dies with it blocks no one for longer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from projections.query import ask
from projections.runs.waiting import until_older_inserts_end

PAUSE_SECONDS = 20
#: How long INSERTs that were on their way are waited for, without the pause and then with it.
_PATIENCE_SECONDS = 60.0
_PAUSED_PATIENCE_SECONDS = 10.0
_TRIES = 3
_NAME = "rebuild_pause"
_PAUSE = re.compile(rf",\s*CONSTRAINT {_NAME}_(\w+) CHECK now\(\) >= fromUnixTimestamp\(\d+\)")


@dataclass
class Quiet:
    """How quiet it is.

    Attributes:
        is_reached: whether all that was on its way had ended; a server with INSERTs of many minutes may never be quiet.
        until: the server's second at which rows are taken again.
    """

    is_reached: bool
    until: int

    def lasts(self, client: Client) -> bool:
        """Whether there is time left to exchange tables; a process that stood still may have slept through it."""
        return int(ask(client, "server_time")[0]["seconds"]) < self.until - PAUSE_SECONDS // 4


@contextmanager
def quiet(client: Client, token: str, tables: Sequence[str]) -> Iterator[Quiet]:
    """Let no row into some tables for the moment of the block.

    Arguments:
        client: a client of Jejak's database.
        token: the run's.
        tables: those that are written to from outside.
    """
    try:
        for _ in range(_TRIES):
            until_older_inserts_end(client, _PATIENCE_SECONDS)
            until = int(ask(client, "server_time")[0]["seconds"]) + PAUSE_SECONDS
            for table in tables:
                client.command(
                    f"ALTER TABLE {table} ADD CONSTRAINT IF NOT EXISTS {_NAME}_{token} "
                    f"CHECK now() >= fromUnixTimestamp({until})"
                )
            is_reached = until_older_inserts_end(client, _PAUSED_PATIENCE_SECONDS)
            if is_reached:
                break
            _lift(client, token, tables)
        yield Quiet(is_reached, until)
    finally:
        _lift(client, token, tables)


def _lift(client: Client, token: str, tables: Iterable[str]) -> None:
    for table in tables:
        try:
            client.command(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {_NAME}_{token}")
        except ClickHouseError:
            continue  # gone, or not to be reached: it passes by itself


def lift_pauses(client: Client, objects: Iterable[dict[str, str]], dead: Iterable[str]) -> None:
    """Remove the pauses of dead runs, which have passed by themselves and are of no use."""
    for row in objects:
        for token in set(_PAUSE.findall(row["definition"])).intersection(dead):
            _lift(client, token, [row["name"]])


def without_pause(definition: str) -> str:
    """A definition as ClickHouse returns it, as if there were no pause."""
    return _PAUSE.sub("", definition)
