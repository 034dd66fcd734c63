"""Conversations over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from pages.answers import conversations as answers
from pages.answers.journey import of_conversation
from pages.api.journey import Category, Direction, Titles, journey_page
from pages.api.paging import Cursor, Limit, Text, answer
from pages.api.responses import LIST, problems
from pages.asking import Agent, TheDesk, Viewer
from pages.audit import audit
from pages.cursors import behind_of, cursor_of
from pages.models.conversations import Conversation, MovedConversation
from pages.models.journey import JourneyEntry
from pages.models.lists import Items
from pages.publishing.request import Write, checked_key
from pages.writing.conversations import Wanted, set_status

router = APIRouter(tags=["conversations"])

Key = Annotated[str | None, Header(alias="Idempotency-Key", description="Becomes the id of the event")]


class NewStatus(BaseModel):
    """The status that a conversation is to hold."""

    model_config = ConfigDict(extra="forbid", strict=True)

    status_id: str | None = Field(description="A living status; null takes the conversation off the pipeline")
    expected: str | None = Field(None, description="What it is to hold before, null for no status; if given")


@router.get("/conversations", response_model=Items[Conversation], responses=LIST)
def list_conversations(
    request: Request,
    desk: TheDesk,
    workspace: str,
    _: Viewer,
    status: Annotated[str | None, Query(description="A status by id or name, `none` for those without one")] = None,
    label: Text = None,
    channel: Text = None,
    assignee: Text = None,
    contact: Text = None,
    search: Text = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Conversations, the one with the newest message first."""
    filters = answers.Filters(*(text or None for text in (status, label, channel, assignee, contact, search)))

    def ask(at: str | None, most: int) -> tuple[Any, Any]:
        page = answers.conversations(desk, workspace, filters, behind=behind_of(at), limit=most)
        return page, lambda: cursor_of(answers.behind_last(page.rows))

    return answer(request, Conversation, ask, desk.zone, cursor, limit)


@router.get("/conversations/{conversation_id}", responses=problems())
def get_conversation(desk: TheDesk, workspace: str, _: Viewer, conversation_id: str) -> Conversation:
    """One conversation as it stands now."""
    return Conversation.model_validate(answers.conversation(desk, workspace, conversation_id))


@router.get("/conversations/{conversation_id}/journey", response_model=Items[JourneyEntry], responses=LIST)
def get_journey(
    request: Request,
    desk: TheDesk,
    workspace: str,
    _: Viewer,
    conversation_id: str,
    title: Titles = None,
    category: Category = None,
    order: Direction = "newest",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """What happened in a conversation, and what its contact did on the web before."""
    ask = journey_page(lambda span: of_conversation(desk, workspace, conversation_id, span), title, category, order)
    return answer(request, JourneyEntry, ask, desk.zone, cursor, limit)


@router.put("/conversations/{conversation_id}/status", responses=problems(403, 409))
async def put_status(
    desk: TheDesk, workspace: str, user: Agent, conversation_id: str, body: NewStatus, key: Key = None
) -> MovedConversation:
    """Move a conversation to a status, or off the pipeline. The same status again appends nothing."""
    asked = {"conversation_id": conversation_id, **body.model_dump(include=body.model_fields_set)}
    write = Write(user, workspace, checked_key(key), asked)
    wanted = Wanted(body.status_id, body.expected, "expected" in body.model_fields_set)
    row, event_id = await set_status(desk, write, conversation_id, wanted)
    audit(write, "status set", [event_id] if event_id else [])
    return MovedConversation.model_validate({**row, "event_id": event_id})
