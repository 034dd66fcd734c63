"""A conversation, and what a write to it leaves behind."""

from pydantic import BaseModel, Field

from pages.times import Instant


class Conversation(BaseModel):
    """A row of the view `conversations`."""

    workspace_id: str
    conversation_id: str
    contact_id: str
    channel: str | None
    inbox_id: str | None
    status_id: str | None
    status_name: str | None
    status_color: str | None
    status_position: int | None
    status_deleted: int
    status_changed_at: Instant | None
    status_changed_by: str | None
    labels: list[str]
    assignee_id: str | None
    last_message_at: Instant | None
    last_incoming_at: Instant | None


class MovedConversation(Conversation):
    """A conversation behind a change of its status."""

    event_id: str | None = Field(description="The event that was appended; null where nothing had to change")
