"""Questions to the read models: the .sql files under `queries/`, with bound parameters only."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.external import ExternalData


@cache
def _text(name: str) -> str:
    return (files("projections") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def ask(client: Client, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run a query file.

    Arguments:
        client: a client of Jejak's database.
        name: the file's name without `.sql`.
        parameters: what is bound to its `{name:Type}` places.

    Returns:
        The rows, by column name.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return list(client.query(_text(name), parameters=parameters).named_results())


def ask_many(
    client: Client,
    name: str,
    parameters: Mapping[str, Any],
    *,
    table: ExternalData | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Iterator[tuple[Any, ...]]:
    """Run a query file whose answer may be long: its rows one by one, as they come.

    Arguments:
        client: a client of Jejak's database.
        name: the file's name without `.sql`.
        parameters: what is bound to its `{name:Type}` places.
        table: a table of the asker's own, for what is too long for a parameter.
        settings: how the server is to run it.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    told = dict(parameters), dict(settings or {})
    with client.query_rows_stream(_text(name), *told, external_data=table) as rows:
        yield from rows
