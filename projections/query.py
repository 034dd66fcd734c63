"""Queries of the read models: the .sql files under `queries/`, with bound parameters only."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.external import ExternalData

from projections.snippets import render

#: Of keys that are bound. A server takes 128 KiB as a parameter, in which a character may be written as several.
_BOUND_BYTES = 30_000


class _CatalogueWords(Mapping[str, str]):
    """What the catalogue knows, imported when a question takes a word of it: most take none, and models are slow."""

    def _words(self) -> Mapping[str, str]:
        from projections.statements import catalogue_words  # noqa: PLC0415

        return catalogue_words()

    def __getitem__(self, name: str) -> str:
        return self._words()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words())

    def __len__(self) -> int:
        return len(self._words())


@cache
def query_text(name: str) -> str:
    """The text of a query file, snippets in their places.

    Arguments:
        name: the file's name without `.sql`.
    """
    return render((files("projections") / "queries" / f"{name}.sql").read_text(encoding="utf-8"), _CatalogueWords())


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
    return list(client.query(query_text(name), external_data=external).named_results())


def ask_many(
    client: Client,
    name: str,
    parameters: Mapping[str, Any],
    *,
    keys: Collection[tuple[str, str]] = (),
    settings: Mapping[str, Any] | None = None,
) -> Iterator[tuple[Any, ...]]:
    """Run a query file whose answer may be long, or whose question is: the rows one by one, as they come.

    Arguments:
        client: a client of Jejak's database.
        name: the file's name without `.sql`.
        parameters: what is bound to its `{name:Type}` places.
        keys: what its `IN asked` means. Few are bound, which is cheaper and reaches the servers of a cluster; many
            come as a table of the question's own.
        settings: how the server is to run it.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    text, bound, table = query_text(name), dict(parameters), None
    if sum(len(first) + len(second) + 8 for first, second in keys) < _BOUND_BYTES:
        text = text.replace("IN asked", "IN {asked:Array(Tuple(String, String))}")
        bound["asked"] = list(keys)
    else:
        rows = msgspec.json.Encoder().encode_lines(keys)
        columns = ["first String", "second String"]
        table = ExternalData(file_name="asked", data=rows, fmt="JSONCompactEachRow", structure=columns)
    with client.query_rows_stream(text, bound, dict(settings or {}), external_data=table) as answer:
        yield from answer


def command(client: Client, name: str) -> None:
    """Run a file that changes something and answers nothing.

    Arguments:
        client: a client of Jejak's database.
        name: the file's name without `.sql`.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    client.command(query_text(name))
