"""An entry of a journey."""

from pydantic import BaseModel, Field

from pages.times import Instant


class JourneyEntry(BaseModel):
    """A row of the view `journey`."""

    workspace_id: str
    contact_id: str
    conversation_id: str | None
    session_id: str | None
    visitor_id: str | None
    occurred_at: Instant
    title: str
    category: str
    type: str
    actor: str
    summary: str
    event_id: str
    event_source: str
    event_order: str = Field(description="A number of 256 bits as text, because JSON's readers round such numbers")
    data: str = Field(description="The event's own fields, as JSON")
    event_order_text: str
