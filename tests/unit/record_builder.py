"""Builds the records of the corpus: an example event of a type with a few paths changed.

Every event gets the record's name as its id, so that a test which sends the corpus through a worker can tell which
record became which row.
"""

import copy
import json
from collections.abc import Mapping
from typing import Any

from schemas.catalogue import BY_NAME
from schemas.examples import EXAMPLES
from schemas.instant import milliseconds

TIME = "2025-03-14T09:26:53.589Z"
#: The Kafka timestamp to give to the corpus' records; the moment that nearly all of their events happened.
RECORDED_MS = milliseconds(TIME)

#: Stands for "not there at all" in place of a value.
DROP: Any = object()

Changes = Mapping[str, Any]

#: The contract's section 2, typed from the page: type → its required and its optional fields of `data`.
_BOTH = ("contact_id", "conversation_id")
_MESSAGE = ("session_id", "channel", "inbox_id", "message_type", "text")
_PAGE = ("conversation_id", "title", "referrer", "campaign", "click_ids", "user_agent", "web_session_id")
_STATUS = ("status_id", "name", "color", "position")
FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "session.started": ((*_BOTH, "session_id", "initiator"), ("channel", "inbox_id")),
    "session.ended": ((*_BOTH, "session_id"), ("reason",)),
    "agent.human_assigned": ((*_BOTH, "agent_id"), ("agent_name", "previous_agent_id", "assigned_by")),
    "agent.human_resolved": ((*_BOTH, "agent_id"), ("agent_name", "session_id")),
    "message.incoming": ((*_BOTH, "message_id"), (*_MESSAGE, "referral")),
    "message.outgoing": (
        (*_BOTH, "message_id", "sender"),
        ("agent_id", "agent_name", *_MESSAGE, "template_name", "campaign_id"),
    ),
    "agent.ai_response": ((*_BOTH, "message_id"), ("agent_id", "agent_name", *_MESSAGE, "model")),
    "pipeline.changed": ((*_BOTH, "to_status_id"), ("from_status_id", "changed_by")),
    "label.added": ((*_BOTH, "label_id"), ("label_name", "changed_by")),
    "label.removed": ((*_BOTH, "label_id"), ("label_name", "changed_by")),
    "web.page_view": (("url",), ("contact_id", *_PAGE)),
    "web.button_click": (("url", "element_id"), ("contact_id", *_PAGE, "element_text", "target_url")),
    "web.form_submitted": (("url", "form_id"), ("contact_id", *_PAGE, "form_name", "traits")),
    "ctwa.click": (("referral",), ("visitor_id", "conversation_id", "message_id")),
    "contact.updated": (("contact_id",), ("name", "phone", "email")),
    "contact.identified": (("visitor_id", "contact_id"), ("method",)),
    "contact.merged": (("contact_id", "previous_id"), ()),
    "pipeline_status.defined": (_STATUS, ()),
    "pipeline_status.deleted": (("status_id",), ()),
}


def event(type_name: str, changes: Changes, event_id: str) -> dict[str, Any]:
    """The type's example with the values at some dotted paths replaced, added or dropped."""
    made = copy.deepcopy(EXAMPLES[type_name]) | {"id": event_id, "time": TIME}
    for path, value in changes.items():
        *parents, last = path.split(".")
        node = made
        for parent in parents:
            node = node.setdefault(parent, {})
        if value is DROP:
            node.pop(last, None)
        else:
            node[last] = value
    return made


def encode(made: object) -> bytes:
    """JSON as most producers write it: everything beyond ASCII escaped."""
    return json.dumps(made).encode()


def topic_of(type_name: str) -> str:
    """The type's own topic, without the prefix."""
    return BY_NAME[type_name].topic
