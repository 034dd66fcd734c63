"""Leads, and what a span of time brought."""

from pydantic import BaseModel, Field

from pages.times import Instant


class Lead(BaseModel):
    """A row of the view `leads`."""

    workspace_id: str
    contact_id: str
    date: Instant
    customer_name: str | None
    phone_number: str | None
    email: str | None
    origin: str
    first_source: str | None
    first_source_platform: str | None
    first_source_id: str | None
    first_touched_at: Instant | None
    last_source: str | None
    last_source_platform: str | None
    last_source_id: str | None
    first_source_at: Instant | None
    first_source_medium: str | None
    first_source_campaign: str | None
    first_source_content: str | None
    last_source_at: Instant | None
    last_source_medium: str | None
    last_source_campaign: str | None
    last_source_content: str | None


class LeadsOfDay(BaseModel):
    """The leads of one day in the workspace's zone."""

    day: str
    leads: int


class LeadsOfSource(BaseModel):
    """The leads of one first source; all null for those without an ad."""

    platform: str | None
    id: str | None
    source: str | None
    leads: int


class LeadsSummary(BaseModel):
    """The leads of a span."""

    total: int
    previous_total: int = Field(description="The leads of the span of the same length before; 0 where it has no start")
    by_day: list[LeadsOfDay]
    by_source: list[LeadsOfSource]
