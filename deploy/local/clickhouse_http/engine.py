"""The ClickHouse engine inside this process: one per process, one data directory, any number of connections.

A connection is cheap (0.1 ms) and is what settings, the current database and temporary tables belong to. A
request therefore gets a connection of its own, and nothing it sets can reach another request. The engine releases
the interpreter lock while it works, so connections on different threads run in parallel.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from deploy.local.clickhouse_http.errors import ClickHouseError, from_engine
from deploy.local.clickhouse_http.limits import Limits

# A result that was built whole is sent in pieces of this many bytes.
_PIECE = 1 << 20
# A setting of chDB's own, which no client knows: it carries the id that a client gave its query.
MARK = "chdb_client_name"
# chDB starts as clickhouse-local does; these bring a connection back to what a server does.
SERVER_SETTINGS = {
    "implicit_select": "0",
    "allow_introspection_functions": "0",
    "async_insert": "0",
    # A group of rows is in memory until it is whole: five million rows took 326 MB, and take 100.
    "output_format_parquet_row_group_size": "131072",
    "output_format_parquet_parallel_encoding": "0",
}


class EngineUnavailableError(Exception):
    """The engine cannot be loaded or started; the message says why in one line."""


@dataclass(slots=True)
class Stats:
    """What a statement did, in rows, bytes and seconds."""

    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    result_rows: int = 0
    result_bytes: int = 0
    elapsed: float = 0.0

    def add(self, result: Any, size: int) -> None:
        """Count one result (or one chunk of a result) of the engine, of `size` bytes."""
        self.read_rows += result.storage_rows_read()
        self.read_bytes += result.storage_bytes_read()
        self.written_rows += result.rows_written()
        self.written_bytes += result.bytes_written()
        self.result_rows += result.rows_read()
        self.result_bytes += size
        self.elapsed += result.elapsed()


class Inserter:
    """Rows on their way into a table, as bytes in the format of the INSERT."""

    def __init__(self, inner: Any, stats: Stats) -> None:
        self._inner = inner
        self._stats = stats

    def append(self, data: bytes) -> None:
        """Hand on the next bytes, cut anywhere. Raises `ClickHouseError` for rows that cannot be read."""
        try:
            self._inner.append(data)
        except RuntimeError as error:
            raise from_engine(str(error)) from None

    def finish(self) -> None:
        """Write what is left; only after this returns are the rows stored. Raises `ClickHouseError`."""
        try:
            done = self._inner.finish()
        except RuntimeError as error:
            raise from_engine(str(error)) from None
        self._stats.written_rows = done.rows_written
        self._stats.written_bytes = done.bytes_written
        self._stats.elapsed = done.elapsed

    def cancel(self) -> None:
        """Drop what has not been written yet; harmless after `finish`."""
        try:
            self._inner.cancel()
        except RuntimeError as error:
            raise from_engine(str(error)) from None


class Connection:
    """One connection to the engine. It runs one statement at a time, on any thread."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def query(
        self, sql: bytes, output: str, parameters: Mapping[str, str], stats: Stats
    ) -> Generator[bytes, None, None]:
        """Run any statement but an INSERT with data, and yield its result, which is built whole before.

        Raises `ClickHouseError`.
        """
        try:
            result = self._inner.query(sql, output, params=dict(parameters))
        except Exception as error:
            raise from_engine(str(error)) from None
        size = result.size()
        stats.add(result, size)
        whole = result.get_memview().view() if size else memoryview(b"")
        for start in range(0, size, _PIECE):
            yield bytes(whole[start : start + _PIECE])

    def stream(
        self, sql: bytes, output: str, parameters: Mapping[str, str], stats: Stats
    ) -> Generator[bytes, None, None]:
        """Run a SELECT and yield its result in pieces, each a document of its own in format `output`."""
        try:
            with self._inner.send_query(sql, output, params=dict(parameters)) as chunks:
                for chunk in chunks:
                    body: bytes = chunk.bytes()
                    stats.add(chunk, len(body))
                    yield body
        except Exception as error:
            raise from_engine(str(error)) from None

    def insert(self, sql: bytes, data_format: str, stats: Stats) -> Inserter:
        """Begin an INSERT whose rows follow. Raises `ClickHouseError`, also for a missing table."""
        try:
            return Inserter(self._inner.send_insert(sql, data_format), stats)
        except Exception as error:
            raise from_engine(str(error)) from None

    def execute(self, sql: str) -> None:
        """Run a statement of the server's own, without a result."""
        for _ in self.query(sql.encode("utf-8", "surrogateescape"), "Null", {}, Stats()):
            pass

    def rows(self, sql: str) -> list[list[str]]:
        """The rows of a query of the server's own, whose values hold no tabs or line feeds."""
        encoded = sql.encode("utf-8", "surrogateescape")
        text = b"".join(self.query(encoded, "TabSeparatedRaw", {}, Stats())).decode()
        return [line.split("\t") for line in text.splitlines()]

    def close(self) -> None:
        """Give the connection back, with its settings and temporary tables."""
        self._inner.close()


class Engine:
    """The engine over a data directory. `path` is created when missing; raises `EngineUnavailableError`.

    `config_file` is ClickHouse's own configuration, for what statements cannot set: clusters, macros.
    """

    def __init__(self, path: Path, limits: Limits | None = None, config_file: Path | None = None) -> None:
        try:
            # Not at the top: a missing wheel is to be reported, and is no reason to fail the import of this module.
            chdb = import_module("chdb")
        except ImportError as error:
            reason = str(error).splitlines()[0]
            raise EngineUnavailableError(f"chdb cannot be loaded on this platform: {reason}") from None
        self._connect: Callable[[str], Any] = chdb.connect
        self._path = str(path)
        path.mkdir(parents=True, exist_ok=True)
        #: The folder of the user's files. The engine takes paths from where the process is.
        self.user_files = Path.cwd()
        try:
            arguments = (limits or Limits()).arguments()
            if config_file is not None:
                arguments["config-file"] = str(config_file)
            self._anchor = Connection(self._connect(f"{self._path}?{urlencode(arguments, safe='/')}"))
            self.version, self.timezone = self._anchor.rows("SELECT version(), serverTimezone()")[0]
            names = self._anchor.rows("SELECT name FROM system.formats")
            self.formats = frozenset(name.upper() for (name,) in names)
        except (RuntimeError, ClickHouseError) as error:
            reason = " ".join(from_engine(str(error)).text.split())
            raise EngineUnavailableError(f"ClickHouse does not start on {path}: {reason}") from None

    def connect(self) -> Connection:
        """A new connection with a server's default settings."""
        try:
            connection = Connection(self._connect(self._path))
        except RuntimeError as error:
            raise from_engine(str(error)) from None
        changes = ", ".join(f"{name} = {value}" for name, value in SERVER_SETTINGS.items())
        connection.execute(f"SET {changes}")
        return connection

    def kill_all(self) -> None:
        """Ask every running statement to stop."""
        with closing(self.connect()) as connection:
            connection.execute("KILL QUERY WHERE query_id != queryID() ASYNC")

    def close(self) -> None:
        """Close the last connection, which makes the engine flush and stop."""
        self._anchor.close()
