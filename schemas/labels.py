"""Topic `journey.labels`: what a conversation is tagged with."""

from schemas.data import ConversationData
from schemas.fields import Id, OptionalText


class LabelChange(ConversationData):
    """A label put on a conversation or taken off it."""

    label_id: Id
    label_name: OptionalText = None
    changed_by: OptionalText = None
