"""multipart/form-data: parameters of a query as form fields, and tables of the client's own for one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from deploy.local.clickhouse_http import formats
from deploy.local.clickhouse_http.engine import Connection, Stats
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.sql import identifier


@dataclass(frozen=True, slots=True)
class ExternalTable:
    """A table that exists for one query: its columns as SQL, and its rows in some format."""

    name: str
    structure: str
    format: str
    data: bytes

    def create(self, connection: Connection) -> None:
        """Create and fill it as a temporary table. Raises `ClickHouseError`."""
        connection.execute(f"CREATE TEMPORARY TABLE {identifier(self.name)} ({self.structure})")
        inserter = connection.insert(f"INSERT INTO {identifier(self.name)}".encode(), self.format, Stats())
        try:
            inserter.append(self.data)
            inserter.finish()
        finally:
            inserter.cancel()

    def drop(self, connection: Connection) -> None:
        """Drop it from a connection that lives on."""
        connection.execute(f"DROP TEMPORARY TABLE IF EXISTS {identifier(self.name)}")


async def read_form(request: web.Request) -> tuple[list[tuple[str, str]], dict[str, bytes]]:
    """The fields and the files of a form, each by its name."""
    fields: list[tuple[str, str]] = []
    files: dict[str, bytes] = {}
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise ClickHouseError(36, "A form within a form is not supported")
            data = bytes(await part.read(decode=False))
            if part.filename is None:
                fields.append((part.name or "", data.decode("utf-8", "surrogateescape")))
            else:
                files[part.name or part.filename] = data
    except ValueError as error:
        raise ClickHouseError(36, f"Cannot read the multipart/form-data body: {error}") from None
    return fields, files


def external_tables(files: Mapping[str, bytes], fields: Mapping[str, str]) -> tuple[ExternalTable, ...]:
    """The tables in a form's files, described by the parameters `NAME_structure` (or `NAME_types`) and `NAME_format`.

    Raises `ClickHouseError` for a table without columns.
    """
    tables = []
    for name, data in files.items():
        structure = fields.get(f"{name}_structure", "")
        if not structure and (types := fields.get(f"{name}_types", "")):
            structure = ", ".join(f"_{number} {kind}" for number, kind in enumerate(_split(types), start=1))
        if not structure:
            raise ClickHouseError(36, f"Neither {name}_structure nor {name}_types given for external table {name}")
        data_format = fields.get(f"{name}_format") or formats.DEFAULT_FORMAT
        tables.append(ExternalTable(name, structure, data_format, data))
    return tuple(tables)


def _split(types: str) -> list[str]:
    """Types at their commas, but not at those within parentheses."""
    parts, depth = [""], 0
    for character in types:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
