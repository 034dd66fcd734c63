"""Topic `journey.sessions`: the service windows of a conversation and who is assigned to it."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from schemas.data import ConversationData
from schemas.fields import Id, OptionalId, OptionalText, absent_if_empty


class SessionStarted(ConversationData):
    """A session opened: the customer wrote, or somebody wrote to the customer."""

    session_id: Id
    initiator: Literal["contact", "human", "ai", "broadcast"]
    channel: OptionalText = None
    inbox_id: OptionalId = None


class SessionEnded(ConversationData):
    """A session closed."""

    session_id: Id
    reason: Annotated[
        Literal["expired", "resolved", "manual", ""] | None,
        AfterValidator(absent_if_empty),
    ] = None


class HumanAssigned(ConversationData):
    """A person took over the conversation."""

    agent_id: Id
    agent_name: OptionalText = None
    previous_agent_id: OptionalId = None
    assigned_by: OptionalText = None


class HumanResolved(ConversationData):
    """A person marked the conversation as resolved."""

    agent_id: Id
    agent_name: OptionalText = None
    session_id: OptionalId = None
