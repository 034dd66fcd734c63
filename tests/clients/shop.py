"""The embedded ClickHouse with the workspace of docs/analysts.md in it, and what it answers to plain HTTP."""

from __future__ import annotations

import json
import random
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from projections.clickhouse import connect
from projections.migrate import migrate
from projections.thin import make_thin_views
from schemas.settings import Settings
from tests.exactness.feeding import store
from tests.support.analysts import SCENARIO, store_workspace
from tests.support.clickhouse_process import ServerProcess

DATABASE = "jejak"
#: The thin views of what people read (`jejak migrate --readers`).
READERS = "jejak_read"
WORKSPACE = SCENARIO.workspace

_VIEWS = """
SELECT table FROM system.columns
WHERE
    database = 'jejak' AND table IN (
        SELECT name FROM system.tables
        WHERE database = 'jejak' AND engine = 'View' AND NOT startsWith(comment, 'Internal: ')
    )
GROUP BY table HAVING countIf(comment = '') = 0 ORDER BY table
"""
_COLUMNS = "SELECT name, type, comment FROM system.columns WHERE database = 'jejak' AND table = {view:String}"
#: An event id that is used twice, apart from the workspace that is asked about.
_REUSED = {
    "specversion": "1.0",
    "id": "e",
    "source": "/t",
    "type": "label.added",
    "workspaceid": "ws_other",
    "data": {"contact_id": "z", "conversation_id": "z", "label_id": "l"},
}
_EXACT = {"output_format_json_quote_64bit_integers": "0", "database": DATABASE}
LOOKUP = """
SELECT title, actor, occurred_at, event_order
FROM contact_journey(workspace_id = {workspace:String}, contact_id = {contact:String}) ORDER BY event_order LIMIT 5
"""


@dataclass(frozen=True)
class Shop:
    """The server, and what is right. `views` are those for people that take no arguments."""

    url: str
    views: tuple[str, ...]
    contact: str

    @property
    def address(self) -> str:
        """Its host and port."""
        return self.url.removeprefix("http://")

    @property
    def arguments(self) -> list[str]:
        """What the programs are given behind the server's address."""
        return [DATABASE, WORKSPACE, self.contact, *self.views]

    def ask(self, sql: str, **parameters: str) -> dict[str, Any]:
        """Columns as `name type` and rows, over plain HTTP, numbers exact."""
        fields = _EXACT | {f"param_{name}": text for name, text in parameters.items()}
        address = f"{self.url}/?{urlencode(fields)}"
        with urllib.request.urlopen(address, f"{sql}\nFORMAT JSONCompact".encode(), timeout=60) as response:
            answer = json.load(response)
        return {"types": [f"{c['name']} {c['type']}" for c in answer["meta"]], "rows": answer["data"]}

    def columns(self, view: str) -> list[list[str]]:
        """A view's columns by the catalogue: name, type, comment."""
        found: list[list[str]] = self.ask(_COLUMNS, view=view)["rows"]
        return found

    def first_rows(self, view: str) -> dict[str, Any]:
        """What the programs read of each view."""
        return self.ask(f"SELECT * FROM {view} ORDER BY ALL LIMIT 20")

    def lookup(self) -> dict[str, Any]:
        """The lookup that the programs make, by parameters."""
        return self.ask(LOOKUP, workspace=WORKSPACE, contact=self.contact)


@contextmanager
def opened(directory: Path) -> Iterator[Shop]:
    """The shop, for as long as the tests run."""
    with ServerProcess(directory / "clickhouse") as server:
        address = SecretStr(f"http://default:@127.0.0.1:{server.port}/{DATABASE}")
        settings = Settings(_env_file=None, clickhouse_url=address)
        migrate(settings)
        make_thin_views(settings, READERS)
        client = connect(settings)
        assert store_workspace(client) > 0
        # Without it `reused_ids` has no rows, and an answer without rows has no types in format Native.
        store(client, [_REUSED | {"time": f"2026-01-01T00:00:0{second}Z"} for second in (1, 2)], random.Random(1))
        client.close()
        bare = Shop(server.url, (), "")
        views = tuple(view for (view,) in bare.ask(_VIEWS)["rows"])
        ((contact,),) = bare.ask("SELECT min(contact_id) FROM contacts")["rows"]
        yield Shop(server.url, views, contact)
