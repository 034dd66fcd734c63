"""mcp-clickhouse: how much an assistant has to read before it knows what there is."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from typing import Any

from tests.clients.said import TABLE, Row
from tests.clients.shop import DATABASE, Shop
from tests.clients.tools import HERE, environment

#: Measured when the test was written, and a tenth: the list is not to grow unseen.
MOST = 140_000


def _size(value: Any) -> int:
    return len(json.dumps(value))


def test_the_list_of_tables_and_what_it_is_made_of(shop: Shop) -> None:
    requirements = HERE / "mcp" / "requirements.txt"
    python = environment("mcp", requirements)
    command = [str(python), str(HERE / "mcp" / "list_tables.py"), shop.address, DATABASE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    answer, counted = done.stdout.splitlines()
    tables = json.loads(answer)["tables"]
    parts: Counter[str] = Counter()
    for table in tables:
        for name, value in table.items():
            parts[name] += _size(value)
    public = [table for table in tables if table["name"] in shop.views or table["name"].endswith(("_journey",))]
    of = ", ".join(f"{name} {size:,}" for name, size in parts.most_common(2))
    measured = f"{len(answer):,} characters for {len(tables)} tables ({of}; the views for people {_size(public):,})"
    pinned = dict(line.split("==") for line in requirements.read_text().split())
    TABLE.append(Row("mcp-clickhouse", pinned["mcp-clickhouse"], ["list_tables", "run_query"], measured))
    assert {table["name"] for table in tables} > set(shop.views)
    assert json.loads(counted)["rows"] == shop.ask("SELECT count() FROM leads")["rows"]
    assert len(answer) < MOST
