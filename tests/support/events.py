"""Events for tests: the type's example, moved into a workspace, with some of it changed."""

import copy
import json
import uuid
from typing import Any

from schemas.catalogue import BY_NAME
from schemas.examples import EXAMPLES
from tests.support.kafka import RawRecord

#: The moment of an event that does not care.
NOON = "2025-03-14T12:00:00.000Z"


def new_workspace() -> str:
    """A workspace that no other test uses."""
    return f"ws_{uuid.uuid4().hex[:12]}"


def event(type_name: str, workspace: str, data: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """An event with just these fields of `data`.

    Arguments:
        type_name: its type.
        workspace: its workspace.
        data: all of its `data`.
        attributes: other attributes than the defaults: a new id, a fixed source, noon.
    """
    defaults = {"specversion": "1.0", "id": uuid.uuid4().hex, "source": "/tests", "time": NOON}
    return defaults | {"type": type_name, "workspaceid": workspace, "data": data} | attributes


def example(type_name: str, workspace: str, **attributes: Any) -> dict[str, Any]:
    """The type's example in another workspace."""
    return copy.deepcopy(EXAMPLES[type_name]) | {"workspaceid": workspace} | attributes


def record(sent: dict[str, Any], **how: Any) -> RawRecord:
    """The event as a record of its topic."""
    return RawRecord(BY_NAME[sent["type"]].topic, json.dumps(sent).encode(), **how)
