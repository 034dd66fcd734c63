"""mcp-clickhouse: how much an assistant has to read before it knows what there is."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from typing import Any

from tests.clients.said import TABLE, Row
from tests.clients.shop import READERS, Shop
from tests.clients.tools import HERE, environment

#: An assistant reads all of it before its first question.
MOST = 40_000


def _size(value: Any) -> int:
    return len(json.dumps(value))


def test_the_list_of_tables_and_what_it_is_made_of(shop: Shop) -> None:
    requirements = HERE / "mcp" / "requirements.txt"
    python = environment("mcp", requirements)
    command = [str(python), str(HERE / "mcp" / "list_tables.py"), shop.address, READERS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    listed, counted = done.stdout.splitlines()
    answers = json.loads(listed)
    tables = [table for answer in answers for table in json.loads(answer)["tables"]]
    parts: Counter[str] = Counter()
    for table in tables:
        for name, value in table.items():
            parts[name] += _size(value)
    of = ", ".join(f"{name} {length:,}" for name, length in parts.most_common(2))
    size = sum(map(len, answers))
    measured = f"{size:,} characters for {len(tables)} views ({of})"
    pinned = dict(line.split("==") for line in requirements.read_text().split())
    TABLE.append(Row("mcp-clickhouse", pinned["mcp-clickhouse"], ["list_tables", "run_query"], measured))
    assert {table["name"] for table in tables} > set(shop.views)
    assert not [table["name"] for table in tables if table["comment"].startswith("Internal: ")]
    assert json.loads(counted)["rows"] == shop.ask("SELECT count() FROM leads")["rows"]
    assert size < MOST
