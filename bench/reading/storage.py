"""Storage: what an event takes on disk in all tables together, beside the same events as compressed NDJSON."""

from dataclasses import dataclass
from typing import Any

from clickhouse_connect.driver.client import Client

from bench.reading.base import Base
from bench.reading.growth import text
from bench.reading.place import tables

#: All tables together take no more than the NDJSON at zstd level 3.
TARGET = 1.0
_LEVEL = 3


@dataclass(frozen=True)
class Storage:
    """Bytes an event.

    Attributes:
        tables: on disk, by table, the largest first.
        columns: compressed, by table and column, the largest first.
        ndjson: the same events in the order of their times, by zstd level.
    """

    tables: dict[str, float]
    columns: dict[str, float]
    ndjson: dict[int, float]

    @property
    def total(self) -> float:
        """In all tables."""
        return sum(self.tables.values())

    @property
    def ratio(self) -> float:
        """To the NDJSON at level 3."""
        return self.total / self.ndjson[_LEVEL]

    def missed(self) -> list[str]:
        """The target that it misses, in words."""
        return [f"{self.ratio:.2f}× of zstd level 3, {TARGET:.1f}× asked"] if self.ratio > TARGET else []

    def summary(self) -> dict[str, Any]:
        """The figures for machines."""
        return {
            "bytes_an_event": round(self.total, 1),
            "ratio_to_zstd_3": round(self.ratio, 3),
            "ndjson": {f"zstd_{level}": round(value, 1) for level, value in self.ndjson.items()},
            "tables": {name: round(value, 2) for name, value in self.tables.items()},
            "columns": {name: round(value, 2) for name, value in self.columns.items()},
            "missed": self.missed(),
        }


def measure(client: Client, base: Base) -> Storage:
    """What the base takes, all parts merged.

    Arguments:
        client: of the database that holds the base and nothing else.
        base: the base.
    """
    parts = client.query(text("storage_tables"), parameters={"tables": tables()}).result_rows
    columns = client.query(text("storage_columns"), parameters={"tables": tables()}).result_rows
    return Storage(
        {name: length / base.events for name, length in parts},
        {f"{table}.{column}": length / base.events for table, column, length in columns},
        {level: length / base.events for level, length in base.packed_bytes.items()},
    )
