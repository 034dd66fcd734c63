"""Whom is asked about: keys that exist in every size, the same in each run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from clickhouse_connect.driver.client import Client

from bench.reading.base import LARGEST

#: The last month of the simulated time, on the calendar of UTC.
_SINCE, _UNTIL = datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
#: More than one, so that no answer is read twice from the same warm granule only.
_KEYS = 10

_CONTACTS = """
SELECT contact_id, argMax(conversation_id, version)
FROM (
    SELECT contact_id, conversation_id, count() AS entries, max(event_order) AS version
    FROM events
    WHERE workspace_id = {workspace_id:String} AND contact_id != '' AND conversation_id != ''
        AND contact_id NOT IN (SELECT previous_id FROM contact_merges)
        AND contact_id NOT IN (SELECT contact_id FROM contact_merges)
    GROUP BY contact_id, conversation_id
)
GROUP BY contact_id
HAVING sum(entries) BETWEEN 60 AND 200
ORDER BY cityHash64(contact_id)
LIMIT {keys:UInt32}
"""
_STATUS = """
SELECT status_id
FROM pipeline_board
WHERE workspace_id = {workspace_id:String}
ORDER BY conversations DESC
LIMIT 1
"""


@dataclass(frozen=True)
class Keys:
    """Parameters of the questions.

    Attributes:
        contacts: contacts with a page of journey or more, and a conversation of each.
        status: the status that most conversations hold.
    """

    contacts: list[tuple[str, str]]
    status: str

    def turns(self) -> Iterator[dict[str, Any]]:
        """Parameters for one run after the other, without end."""
        for contact, conversation in cycle(self.contacts):
            yield {
                "workspace_id": LARGEST,
                "contact_id": contact,
                "conversation_id": conversation,
                "status_id": self.status,
                "platform": "meta",
                "since": _SINCE,
                "until": _UNTIL,
                "origin": None,
                "source": None,
                "limit": 50,
            }


def keys(client: Client) -> Keys:
    """Choose keys in the smallest size."""
    workspace = {"workspace_id": LARGEST}
    found = client.query(_CONTACTS, parameters=workspace | {"keys": _KEYS}).result_rows
    ((status,),) = client.query(_STATUS, parameters=workspace).result_rows
    return Keys([(contact, conversation) for contact, conversation in found], status)
