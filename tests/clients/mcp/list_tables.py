"""What an assistant sees first: mcp-clickhouse's `list_tables`, as it is. Arguments: HOST:PORT, database."""

import os
import sys

address, database = sys.argv[1:]
host, _, port = address.partition(":")
os.environ |= {
    "CLICKHOUSE_HOST": host,
    "CLICKHOUSE_PORT": port,
    "CLICKHOUSE_USER": "default",
    "CLICKHOUSE_PASSWORD": "",
    "CLICKHOUSE_SECURE": "false",
}

from mcp_clickhouse.mcp_server import list_tables, run_query  # noqa: E402

print(list_tables(database))
print(run_query(f"SELECT count() AS leads FROM {database}.leads"))
