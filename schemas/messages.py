"""Topic `journey.messages`: what the customer wrote and what was answered."""

from typing import Annotated, Literal

from schemas.data import ConversationData
from schemas.fields import EmptyIsAbsent, Id, OptionalId, OptionalText
from schemas.referral import Referral


class Incoming(ConversationData):
    """A message of the customer."""

    message_id: Id
    session_id: OptionalId = None
    channel: OptionalText = None
    inbox_id: OptionalId = None
    message_type: OptionalText = None
    text: OptionalText = None
    referral: Annotated[Referral | None, EmptyIsAbsent] = None


class Outgoing(ConversationData):
    """A message to the customer that no AI agent wrote by itself."""

    message_id: Id
    sender: Literal["human", "ai", "automation", "broadcast", "system"]
    agent_id: OptionalId = None
    agent_name: OptionalText = None
    session_id: OptionalId = None
    channel: OptionalText = None
    inbox_id: OptionalId = None
    message_type: OptionalText = None
    text: OptionalText = None
    template_name: OptionalText = None
    campaign_id: OptionalId = None


class AiResponse(ConversationData):
    """An answer of an AI agent."""

    message_id: Id
    agent_id: OptionalId = None
    agent_name: OptionalText = None
    session_id: OptionalId = None
    channel: OptionalText = None
    inbox_id: OptionalId = None
    message_type: OptionalText = None
    text: OptionalText = None
    model: OptionalText = None
