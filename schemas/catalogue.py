"""The catalogue: every event type, with everything that follows from it. A new type is one model and one line here.

Contract, section 2. The order is the contract's, and so is the order of every listing made from it.
"""

from dataclasses import dataclass
from typing import Literal

from schemas import contacts, labels, messages, pipelines, sessions, touches
from schemas.constants import CONTACTS, LABELS, MESSAGES, PIPELINES, SESSIONS, STATUSES, TOUCHES
from schemas.data import Data


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of event.

    Attributes:
        name: the CloudEvents `type`.
        topic: its topic, without the prefix.
        model: its `data`.
        title: its name in the journey; None if it isn't an entry of the journey.
        category: the journey's category; None likewise.
    """

    name: str
    topic: str
    model: type[Data]
    title: str | None = None
    category: Literal["internal", "external"] | None = None


CATALOGUE: tuple[EventType, ...] = (
    EventType("session.started", SESSIONS, sessions.SessionStarted, "Session Started", "internal"),
    EventType("session.ended", SESSIONS, sessions.SessionEnded, "Session Ended", "internal"),
    EventType("agent.human_assigned", SESSIONS, sessions.HumanAssigned, "Agent Human Assigned", "internal"),
    EventType("agent.human_resolved", SESSIONS, sessions.HumanResolved, "Agent Human Resolve", "internal"),
    EventType("message.incoming", MESSAGES, messages.Incoming, "Incoming", "internal"),
    EventType("message.outgoing", MESSAGES, messages.Outgoing, "Outgoing", "internal"),
    EventType("agent.ai_response", MESSAGES, messages.AiResponse, "Agent AI Response", "internal"),
    EventType("pipeline.changed", PIPELINES, pipelines.PipelineChanged, "Pipeline Changed", "internal"),
    EventType("label.added", LABELS, labels.LabelChange, "Label Added", "internal"),
    EventType("label.removed", LABELS, labels.LabelChange, "Label Removed", "internal"),
    EventType("web.page_view", TOUCHES, touches.PageView, "Page View", "external"),
    EventType("web.button_click", TOUCHES, touches.ButtonClick, "Button Click", "external"),
    EventType("web.form_submitted", TOUCHES, touches.FormSubmitted, "Form", "external"),
    EventType("ctwa.click", TOUCHES, touches.CtwaClick, "CTWA Click", "external"),
    EventType("contact.updated", CONTACTS, contacts.ContactUpdated),
    EventType("contact.identified", CONTACTS, contacts.ContactIdentified),
    EventType("contact.merged", CONTACTS, contacts.ContactMerged),
    EventType("pipeline_status.defined", STATUSES, pipelines.StatusDefined),
    EventType("pipeline_status.deleted", STATUSES, pipelines.StatusDeleted),
)

BY_NAME = {event_type.name: event_type for event_type in CATALOGUE}
