"""Questions to the read models: the .sql files under `queries/`, with bound parameters only."""

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


def ask_about(client: Client, name: str, external: ExternalData) -> list[dict[str, Any]]:
    """Run a query file over a table that comes with the question.

    Arguments:
        client: a client of Jejak's database.
        name: the file's name without `.sql`.
        external: the table.

    Returns:
        The rows, by column name.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return list(client.query(_text(name), external_data=external).named_results())
