"""The place: the embedded ClickHouse on a folder that is kept, with one database for each size and state."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clickhouse_connect.driver.client import Client

from projections.clickhouse import connect
from projections.migrate import migrate
from projections.statements import statements
from schemas.settings import Settings
from tests.support.clickhouse_process import ServerProcess

#: Growing and merging take their time.
_PATIENCE_SECONDS = 900


class Place:
    """A running ClickHouse."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server

    def settings(self, database: str) -> Settings:
        """The settings by which Jejak finds a database here."""
        return Settings.model_validate(
            {"clickhouse_url": f"http://default:@127.0.0.1:{self._server.port}/{database}", "http_port": 0}
        )

    def client(self, database: str) -> Client:
        """A client of a database, tables created and views as the .sql files say."""
        settings = self.settings(database)
        migrate(settings)
        return connect(settings, send_receive_timeout=_PATIENCE_SECONDS)

    def databases(self) -> dict[str, bool]:
        """The databases of this benchmark, and whether each is complete."""
        sql = (
            "SELECT name, name IN (SELECT database FROM system.tables WHERE name = 'complete') "
            "FROM system.databases WHERE startsWith(name, 'reading_')"
        )
        with connect(self.settings("default")) as client:
            return {name: bool(complete) for name, complete in client.query(sql).result_rows}

    def drop(self, database: str) -> None:
        """Remove a database and its files."""
        with connect(self.settings("default")) as client:
            client.command(f"DROP DATABASE IF EXISTS `{database}` SYNC")


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """ClickHouse on that folder, stopped at the end of the context.

    Raises:
        tests.support.clickhouse_process.StartError: it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ServerProcess(folder) as server:
        yield Place(server)


def layout() -> str:
    """What the stored tables depend on, in eight characters: a change makes the data anew. Views may change."""
    made = [statement.sql for statement in statements() if statement.kind != "VIEW"]
    return hashlib.sha256("\n".join(made).encode()).hexdigest()[:8]


def tables() -> list[str]:
    """All tables of the read models."""
    return [statement.name for statement in statements() if statement.kind == "TABLE"]


def optimize(client: Client) -> None:
    """Merge every table into one part."""
    for table in tables():
        client.command(f"OPTIMIZE TABLE {table} FINAL")


def clone(client: Client, source: str) -> None:
    """Attach all parts of another database; they are hard links, and cost neither time nor space."""
    for table in tables():
        client.command(f"ALTER TABLE {table} ATTACH PARTITION ID 'all' FROM `{source}`.{table}")
