"""Whether events are stored, for many of them at once, by workspace, source and id.

`events` is sorted by workspace and person, so an event is found quickly where the question names its person. Without
one, all ids of the workspace are read: this is done for events that name no person, and for the others as long as it
costs no more than a person waits for. The rest is the price of having no index over ids that every INSERT would pay
for: in a workspace of many millions of events, one that was stored under another person than the question names is
not found.
"""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.external import ExternalData

from projections.query import ask_about

#: Rows whose ids are read for events that are not with the person they name; 150 ms on two cores.
ROWS_SEARCHED = 3_000_000
#: Events per query.
TOGETHER = 50_000
_STRUCTURE = "workspace_id String, event_source String, event_id String, entity String"
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Asked:
    """An event that may be stored.

    Attributes:
        workspace, source, id: by which it is known.
        entity: whose it is, as the column of `events` says it; empty for not known.
    """

    workspace: str
    source: str
    id: str
    entity: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """By which an event is known."""
        return self.workspace, self.source, self.id


Identity = tuple[str, str, str]


def stored_events(client: Client, asked: Collection[Asked]) -> set[Identity]:
    """Those of the events that are stored.

    Arguments:
        client: a client of Jejak's database.
        asked: at most `TOGETHER` of them.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    found: set[Identity] = set()
    if named := [item for item in asked if item.entity]:
        found |= _found(client, "stored_events", named)
    rest = [item for item in asked if item.identity not in found]
    if rest and any(item.entity for item in rest) and _rows(client, rest) > ROWS_SEARCHED:
        rest = [item for item in rest if not item.entity]
    if rest:
        found |= _found(client, "stored_events_of_anybody", rest)
    return found


def _found(client: Client, name: str, asked: Collection[Asked]) -> set[Identity]:
    rows = ask_about(client, name, _external(asked))
    return {(row["workspace_id"], row["event_source"], row["event_id"]) for row in rows}


def _rows(client: Client, asked: Collection[Asked]) -> int:
    return int(ask_about(client, "events_of_workspaces", _external(asked))[0]["rows"])


def _external(asked: Collection[Asked]) -> ExternalData:
    body = _encoder.encode_lines([(*item.identity, item.entity) for item in asked])
    return ExternalData(file_name="asked.json", data=body, fmt="JSONCompactEachRow", structure=_STRUCTURE)
