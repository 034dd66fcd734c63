"""Which parts of the pages an event changes."""

from collections.abc import Iterable

from schemas.catalogue import BY_NAME

#: The words of the stream. `conversations` and the like are lists and pages of that name.
CONVERSATIONS, CONTACTS, LEADS, PIPELINE, JOURNEY = KINDS = (
    "conversations",
    "contacts",
    "leads",
    "pipeline",
    "journey",
)

_BY_PREFIX = {
    "message.": (CONVERSATIONS, CONTACTS, LEADS, JOURNEY),
    "agent.": (CONVERSATIONS, LEADS, JOURNEY),
    "label.": (CONVERSATIONS, JOURNEY),
    "pipeline.": (CONVERSATIONS, CONTACTS, PIPELINE, JOURNEY),
    "pipeline_status.": (CONVERSATIONS, PIPELINE),
    "session.": (CONVERSATIONS, CONTACTS, JOURNEY),
    "contact.": KINDS,
    "web.": (CONTACTS, LEADS, JOURNEY),
    "ctwa.": (CONTACTS, LEADS, JOURNEY),
}
_BY_TYPE = {name: kinds for name in BY_NAME for prefix, kinds in _BY_PREFIX.items() if name.startswith(prefix)}


def kinds_of(types: Iterable[str]) -> list[str]:
    """The parts of the pages that events of some types change, in their order."""
    found = {kind for name in types for kind in _BY_TYPE.get(name, KINDS)}
    return [kind for kind in KINDS if kind in found]
