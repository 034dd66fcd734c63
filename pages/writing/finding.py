"""Finding an event of ours that is stored, by its id."""

import json
from typing import Any, cast

from pages.desk import Desk
from pages.publishing.request import SOURCE
from projections.query import ask


def stored_event(desk: Desk, workspace: str, entity: str, name: str) -> dict[str, Any] | None:
    """The data of an event that the pages have appended; None if none of that id is stored.

    Arguments:
        desk: the desk.
        workspace: whose.
        entity: whose event it is, as the table `events` has it.
        name: its id.
    """
    with desk.clickhouse.asked() as client:
        rows = ask(client, "own_event", workspace_id=workspace, entity=entity, event_source=SOURCE, event_id=name)
    return cast(dict[str, Any], json.loads(rows[0]["data"])) if rows else None
