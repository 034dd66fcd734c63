"""The way to ClickHouse: the one place that turns the settings into a client (its errors: `projections/faults.py`)."""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from projections.pinned import PINNED, pin
from schemas.settings import Settings

#: Settings that a client needs on a cluster (`projections/cluster.py`) in addition to those of `projections/pinned.py`.
#: Joins stay within a shard, and queries go only to the shards that hold their workspace.
_ON_CLUSTER = {
    "distributed_product_mode": "local",
    "optimize_skip_unused_shards": "1",
}

#: Names cannot be bound to statements as values are, so a name with other characters, such as quotes, is refused.
_NAME = re.compile(r"[\w.-]+")


class ClickHouseAddress:
    """`CLICKHOUSE_URL`, parsed.

    Raises:
        ValueError: the URL is not of the form `http[s]://user:password@host:port/database`.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("CLICKHOUSE_URL is not of the form http[s]://user:password@host:port/database")
        self.secure = parts.scheme == "https"
        self.host = parts.hostname
        self.port = parts.port or (8443 if self.secure else 8123)
        self.username = unquote(parts.username or "default")
        self.password = unquote(parts.password or "")
        self.database = unquote(parts.path.strip("/")) or "jejak"
        if not _NAME.fullmatch(self.database):
            raise ValueError("CLICKHOUSE_URL: the database's name may hold letters, digits, `_`, `-` and `.` only")

    def __str__(self) -> str:
        """The address without its password, for messages."""
        return f"{'https' if self.secure else 'http'}://{self.host}:{self.port}/{self.database}"


def connect(settings: Settings, *, database: str | None = None, **options: Any) -> Client:
    """Open a client.

    Arguments:
        settings: where ClickHouse is.
        database: instead of the URL's; "" for no database, before it exists.
        options: passed on to clickhouse-connect.

    Raises:
        clickhouse_connect.driver.exceptions.Error: it cannot be reached, or refuses the user.
        ValueError: the URL is malformed, or the user may not change settings that Jejak needs.
    """
    address = ClickHouseAddress(settings.clickhouse_url.get_secret_value())
    client = clickhouse_connect.get_client(
        host=address.host,
        port=address.port,
        username=address.username,
        password=address.password,
        database=address.database if database is None else database,
        secure=address.secure,
        ca_cert=settings.clickhouse_ca_file,
        # Clients are shared between threads, and nothing here needs a session.
        autogenerate_session_id=False,
        **options,
    )
    try:
        pin(client, {**PINNED, **_ON_CLUSTER} if settings.clickhouse_cluster else PINNED)
    except ValueError:
        client.close()
        raise
    return client
