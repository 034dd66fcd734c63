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
        actor: the fields of `data` that say who did it, the first that is present (contract, section 3, `journey`).
        actor_else: who did it where none of them is there.
        summary: the fields that describe it in one line, the first that is present. Those of a `ctwa.click` are its
            referral's; a `message_type` is shown in brackets.
    """

    name: str
    topic: str
    model: type[Data]
    title: str | None = None
    category: Literal["internal", "external"] | None = None
    actor: tuple[str, ...] = ()
    actor_else: str = ""
    summary: tuple[str, ...] = ()


_TEXT = ("text", "message_type")
_AGENT = ("agent_name", "agent_id")
_LABEL = ("label_name", "label_id")

# fmt: off
CATALOGUE: tuple[EventType, ...] = (
    EventType("session.started", SESSIONS, sessions.SessionStarted, "Session Started", "internal",
              actor=("initiator",), summary=("channel",)),
    EventType("session.ended", SESSIONS, sessions.SessionEnded, "Session Ended", "internal",
              actor_else="system", summary=("reason",)),
    EventType("agent.human_assigned", SESSIONS, sessions.HumanAssigned, "Agent Human Assigned", "internal",
              actor=("assigned_by",), actor_else="system", summary=_AGENT),
    EventType("agent.human_resolved", SESSIONS, sessions.HumanResolved, "Agent Human Resolve", "internal",
              actor=_AGENT, summary=_AGENT),
    EventType("message.incoming", MESSAGES, messages.Incoming, "Incoming", "internal",
              actor_else="contact", summary=_TEXT),
    EventType("message.outgoing", MESSAGES, messages.Outgoing, "Outgoing", "internal",
              actor=(*_AGENT, "sender"), summary=_TEXT),
    EventType("agent.ai_response", MESSAGES, messages.AiResponse, "Agent AI Response", "internal",
              actor=_AGENT, actor_else="ai", summary=_TEXT),
    # Its summary is the names of two statuses, which it does not hold itself.
    EventType("pipeline.changed", PIPELINES, pipelines.PipelineChanged, "Pipeline Changed", "internal",
              actor=("changed_by",), actor_else="system"),
    EventType("label.added", LABELS, labels.LabelChange, "Label Added", "internal",
              actor=("changed_by",), actor_else="system", summary=_LABEL),
    EventType("label.removed", LABELS, labels.LabelChange, "Label Removed", "internal",
              actor=("changed_by",), actor_else="system", summary=_LABEL),
    EventType("web.page_view", TOUCHES, touches.PageView, "Page View", "external",
              actor_else="contact", summary=("title", "url")),
    EventType("web.button_click", TOUCHES, touches.ButtonClick, "Button Click", "external",
              actor_else="contact", summary=("element_text", "element_id")),
    EventType("web.form_submitted", TOUCHES, touches.FormSubmitted, "Form", "external",
              actor_else="contact", summary=("form_name", "form_id")),
    EventType("ctwa.click", TOUCHES, touches.CtwaClick, "CTWA Click", "external",
              actor_else="contact", summary=("headline", "source_id", "source_url")),
    EventType("contact.updated", CONTACTS, contacts.ContactUpdated),
    EventType("contact.identified", CONTACTS, contacts.ContactIdentified),
    EventType("contact.merged", CONTACTS, contacts.ContactMerged),
    EventType("pipeline_status.defined", STATUSES, pipelines.StatusDefined),
    EventType("pipeline_status.deleted", STATUSES, pipelines.StatusDeleted),
)
# fmt: on

BY_NAME = {event_type.name: event_type for event_type in CATALOGUE}
