"""The analysts' page as a script: its queries with the tables it shows under them, and the workspace they are about.

- ```` ```sql ````: a query; the table that follows is its whole answer, cell by cell, in the order of its rows.
- ```` ```sql grafana ````: the same for a Grafana panel; its macros stand for the range and steps that the page says.
- Everything else that can be run is read by `tests/support/readme.py`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from clickhouse_connect.driver.client import Client

from processors.stream.row import COLUMNS, FORMAT, merge_of, row_of
from producers.simulator import Scenario, simulate
from projections.roots import refresh_roots
from schemas.validation import validate

#: What the page says its answers are from: `jejak simulate --contacts 200 --days 30 --seed 36`.
SCENARIO = Scenario(contacts=200, days=30, seed=36, workspace="ws_kopi")

Table = list[list[str]]
"""Column names, then rows."""

_PART = re.compile(
    r"^(?:#+ (?P<heading>[^\n]+)|```sql(?P<macros> grafana)?\n(?P<sql>.*?)^```)\n", re.MULTILINE | re.DOTALL
)
_TABLE = re.compile(r"\n((?:\|.*\|\n)+)")
_PANEL_FROM = datetime(2025, 12, 29, tzinfo=UTC)
_PANEL_TO = datetime(2025, 12, 30, 23, 59, 59, tzinfo=UTC)
_PANEL_STEP_SECONDS = 86_400
# JSONStrings has no NULL of its own and writes these.
_NULL = "ᴺᵁᴸᴸ"


@dataclass(frozen=True)
class Recipe:
    """A query of the page.

    Attributes:
        heading: that of its section.
        sql: the query.
        shown: the table under it; empty where there is none.
    """

    heading: str
    sql: str
    shown: Table


def recipes(markdown: str) -> Iterator[Recipe]:
    """All queries of a text, in its order."""
    heading = ""
    for part in _PART.finditer(markdown):
        if part["heading"]:
            heading = part["heading"]
            continue
        table = _TABLE.match(markdown, part.end())
        sql = _without_macros(part["sql"]) if part["macros"] else part["sql"]
        yield Recipe(heading, sql, shown_table(table[1]) if table else [])


def shown_table(text: str) -> Table:
    """A Markdown table's cells, without the line below the column names."""
    header, _, *rows = text.strip().splitlines()
    return [_cells(line) for line in (header, *rows)]


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def _without_macros(sql: str) -> str:
    """The query as Grafana's ClickHouse data source sends it."""
    begin, end = int(_PANEL_FROM.timestamp()), int(_PANEL_TO.timestamp())
    sql = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 >= toDateTime({begin}) AND \1 <= toDateTime({end})", sql)
    step = rf"toStartOfInterval(toDateTime(\1), INTERVAL {_PANEL_STEP_SECONDS} second)"
    sql = re.sub(r"\$__timeInterval\((\w+)\)", step, sql)
    assert "$" not in sql, "a macro that the tests do not know"
    return sql


def answer(client: Client, sql: str) -> Table:
    """What ClickHouse answers, each value as it writes it."""
    body = json.loads(client.raw_query(sql, fmt="JSONCompactStrings"))
    rows = [[value.replace(_NULL, "NULL").strip() for value in row] for row in body["data"]]
    return [[column["name"] for column in body["meta"]], *rows]


def store_workspace(client: Client) -> int:
    """Write the simulated events into the tables, the way a worker does; how many they are."""
    events = [validate(record.value) for record in simulate(SCENARIO)]
    client.raw_insert("events", COLUMNS, b"\n".join(map(row_of, events)), fmt=FORMAT)
    refresh_roots(client, {merge_of(event) for event in events if event.type.name == "contact.merged"})
    return len(events)
