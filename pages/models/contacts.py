"""A contact, and its sessions."""

from pydantic import BaseModel, Field

from pages.times import Instant


class Contact(BaseModel):
    """A row of the view `contacts`."""

    workspace_id: str
    contact_id: str
    name: str | None
    phone: str | None
    email: str | None
    status_ids: list[str]
    first_seen_at: Instant | None
    last_seen_at: Instant | None


class Person(Contact):
    """A contact with everybody it turned out to be."""

    merged_ids: list[str] = Field(description="The contacts that were merged into it")
    visitor_ids: list[str] = Field(description="The website visitors that it turned out to be")


class Session(BaseModel):
    """A row of the lookup `contact_sessions`."""

    workspace_id: str
    session_id: str
    contact_id: str
    conversation_id: str
    number: int
    initiator: str
    channel: str | None
    started_at: Instant
    ended_at: Instant | None
    end_reason: str | None
