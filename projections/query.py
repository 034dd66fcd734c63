"""Questions to the read models: the .sql files under `queries/`, with bound parameters only."""

from functools import cache
from importlib.resources import files
from typing import Any

from clickhouse_connect.driver.client import Client

from projections.snippets import render
from projections.statements import catalogue_words


@cache
def query_text(name: str) -> str:
    """The text of a query file, snippets in their places.

    Arguments:
        name: the file's name without `.sql`.
    """
    return render((files("projections") / "queries" / f"{name}.sql").read_text(encoding="utf-8"), catalogue_words())


def query_names() -> list[str]:
    """The names of all query files, sorted."""
    return sorted(file.name.removesuffix(".sql") for file in (files("projections") / "queries").iterdir())


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
    return list(client.query(query_text(name), parameters=parameters).named_results())
