"""A database of thin views: what people and assistants read, and nothing else.

A tool that lists a database shows everything in it, statements included, and most of Jejak's tables and views are
internal. `jejak migrate --readers DATABASE` makes a second database, where each public view and lookup is a
`SELECT *` from the one of the same name, with its comments. It holds no data and can be dropped at any time.
"""

import re

from clickhouse_connect.driver.client import Client

from projections.clickhouse import ClickHouseAddress, connect
from projections.cluster import cluster_of, quoted
from projections.statements import Statement, split_comment, statements
from schemas.settings import Settings

_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_COLUMNS = """
SELECT table, groupArray((name, type, comment)) AS columns
FROM (
    SELECT table, name, type, comment
    FROM system.columns
    WHERE database = {database:String}
    ORDER BY table, position
)
GROUP BY table
"""


class OwnDatabaseError(ValueError):
    """The readers' database would be Jejak's own."""


def is_public(statement: Statement) -> bool:
    """Whether an object is for people."""
    return statement.kind == "VIEW" and "COMMENT 'Internal: " not in split_comment(statement.sql)[1]


def make_thin_views(settings: Settings, database: str) -> list[str]:
    """Create the thin views, or bring them to this version's.

    Arguments:
        settings: where ClickHouse is.
        database: where they go; it is created if it is missing.

    Returns:
        Their names.

    Raises:
        OwnDatabaseError: that is the database of the tables.
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses, or the tables are missing.
    """
    own = ClickHouseAddress(settings.clickhouse_url.get_secret_value()).database
    if database == own:
        raise OwnDatabaseError(f"{database} holds the tables themselves; name another database for the readers")
    cluster = cluster_of(settings)
    everywhere = cluster.on_cluster if cluster else ""
    public = [item for item in statements() if is_public(item)]
    with connect(settings) as client:
        columns = _columns(client, own)
        client.command(f"CREATE DATABASE IF NOT EXISTS `{database}`{everywhere}")
        for item in public:
            head = f"CREATE OR REPLACE VIEW `{database}`.{item.name}{everywhere}"
            client.command(head + _thin(item, own, columns.get(item.name, [])))
    return [item.name for item in public]


def _columns(client: Client, database: str) -> dict[str, list[tuple[str, str, str]]]:
    return {str(row[0]): list(row[1]) for row in client.query(_COLUMNS, parameters={"database": database}).result_rows}


def _thin(statement: Statement, database: str, columns: list[tuple[str, str, str]]) -> str:
    """What follows the name: columns where they are known without arguments, the selection, and the comment."""
    comment = split_comment(statement.sql)[1]
    source = f"`{database}`.{statement.name}"
    if parameters := dict.fromkeys(_PARAMETER.findall(statement.sql)):
        arguments = ", ".join(f"{name} = {{{name}:{kind}}}" for name, kind in parameters)
        return f" AS SELECT * FROM {source}({arguments}){comment}"
    told = ", ".join(f"`{name}` {kind} COMMENT {quoted(said)}" for name, kind, said in columns)
    return f" ({told}) AS SELECT * FROM {source}{comment}"
