"""What an assistant sees first: mcp-clickhouse's `list_tables`, page by page. Arguments: HOST:PORT, database."""

import json
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

pages = [list_tables(database)]
while token := json.loads(pages[-1]).get("next_page_token"):
    pages.append(list_tables(database, page_token=token))
print(json.dumps(pages))
print(run_query(f"SELECT count() AS leads FROM {database}.leads"))
