"""Growing: the base is multiplied inside ClickHouse, through the same table and the same materialized views."""

from importlib.resources import files
from typing import Any

from clickhouse_connect.driver.client import Client

from bench.reading.base import LARGEST, Base
from processors.stream.row import COLUMNS, FORMAT
from projections.roots import refresh_roots

#: Rows a block: what a worker with a backlog writes.
_BLOCK = 50_000
_BLOCKS = {
    "max_block_size": _BLOCK,
    "max_insert_block_size": _BLOCK,
    "min_insert_block_size_rows": _BLOCK,
    "min_insert_block_size_bytes": 0,
    "max_threads": 2,
}


def text(name: str) -> str:
    """The statement in a file of this package's folder `sql`."""
    return (files("bench.reading") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def _run(client: Client, name: str, **parameters: Any) -> None:
    client.command(text(name), parameters=parameters, settings=_BLOCKS)


def load(client: Client, base: Base) -> None:
    """Insert the base in the order of its times."""
    settings = {"input_format_parallel_parsing": 0, **_BLOCKS}
    with base.rows.open("rb") as body:
        client.raw_insert("events", COLUMNS, body, fmt=FORMAT, compression="zstd", settings=settings)
    follow(client)


def copy(client: Client, source: str, number: int, share: int = 0, shares: int = 1) -> None:
    """Insert a copy of another database's events.

    Arguments:
        client: a client of the database to grow.
        source: the database with the events.
        number: the copy's, from 1; decides its ids.
        share, shares: which part of them, of how many.
    """
    _run(client, "copy", copy=number, source=source, share=share, shares=shares)


def merge(client: Client, count: int, spared: list[str]) -> None:
    """Merge contacts of the largest workspace.

    Arguments:
        client: a client of the database.
        count: how many merges.
        spared: contacts that are asked for later, and stay what they are.
    """
    _run(client, "merge", workspace_id=LARGEST, merges=count, spared=spared)
    follow(client)


def follow(client: Client) -> None:
    """Bring the roots up to date, as the worker does after merges."""
    found = client.query("SELECT DISTINCT workspace_id, previous_id FROM contact_merges").result_rows
    refresh_roots(client, [(workspace, previous) for workspace, previous in found])
