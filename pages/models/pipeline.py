"""The pipeline: its statuses, its board, and what a write to it leaves behind."""

from pydantic import BaseModel, Field


class Status(BaseModel):
    """A pipeline status."""

    status_id: str
    name: str
    color: str
    position: int
    deleted: int


class WrittenStatus(Status):
    """A status behind a write to it."""

    event_id: str | None = Field(description="The event that was appended; null where nothing had to change")


class BoardColumn(BaseModel):
    """A row of the view `pipeline_board`."""

    workspace_id: str
    status_id: str
    name: str
    color: str | None
    position: int | None
    conversations: int
    contacts: int


class Without(BaseModel):
    """Who has no status."""

    conversations: int
    contacts: int


class Board(BaseModel):
    """The board."""

    columns: list[BoardColumn]
    without_status: Without


class Order(BaseModel):
    """The living statuses in their order, behind a write to it."""

    statuses: list[Status]
    event_id: str | None = Field(description="The first event that was appended; null where the order was as asked")
    event_ids: list[str] = Field(description="All events that were appended, one for each status that moved")
