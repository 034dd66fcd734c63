"""The pipeline over HTTP."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pages.answers.pipeline import board
from pages.api.conversations import Key
from pages.api.responses import problems
from pages.asking import Admin, TheDesk, Viewer
from pages.audit import audit
from pages.models.pipeline import Board, Order, WrittenStatus
from pages.publishing.request import Write, checked_key
from pages.writing import pipeline as writing

router = APIRouter(tags=["pipeline"])

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]


class NewStatus(BaseModel):
    """A status to add."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    color: Color = Field(description="#RRGGBB")


class ChangedStatus(BaseModel):
    """What is new about a status; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    color: Color | None = None


class NewOrder(BaseModel):
    """All living statuses, each once."""

    model_config = ConfigDict(extra="forbid")

    status_ids: list[str] = Field(max_length=1_000)


@router.get("/pipeline", responses=problems())
def get_board(desk: TheDesk, workspace: str, _: Viewer) -> Board:
    """The board: its columns in their order, and who has no status."""
    return board(desk, workspace)


@router.post("/pipeline/statuses", status_code=201, responses=problems(403, 409))
async def post_status(desk: TheDesk, workspace: str, user: Admin, body: NewStatus, key: Key = None) -> WrittenStatus:
    """Add a status behind the others."""
    write = Write(user, workspace, checked_key(key), body.model_dump())
    done = await writing.add(desk, write, body.name, body.color)
    return _told(write, "status added", done)


@router.patch("/pipeline/statuses/{status_id}", responses=problems(403, 409))
async def patch_status(
    desk: TheDesk, workspace: str, user: Admin, status_id: str, body: ChangedStatus, key: Key = None
) -> WrittenStatus:
    """Rename or recolour a status."""
    asked = {"status_id": status_id, **body.model_dump(exclude_none=True)}
    write = Write(user, workspace, checked_key(key), asked)
    done = await writing.edit(desk, write, status_id, body.name, body.color)
    return _told(write, "status changed", done)


@router.delete("/pipeline/statuses/{status_id}", responses=problems(403))
async def delete_status(desk: TheDesk, workspace: str, user: Admin, status_id: str, key: Key = None) -> WrittenStatus:
    """Delete a status. Conversations keep it until they are moved."""
    write = Write(user, workspace, checked_key(key), {"status_id": status_id})
    done = await writing.delete(desk, write, status_id)
    return _told(write, "status deleted", done)


@router.put("/pipeline/order", responses=problems(403))
async def put_order(desk: TheDesk, workspace: str, user: Admin, body: NewOrder, key: Key = None) -> Order:
    """Put the living statuses in an order."""
    write = Write(user, workspace, checked_key(key), body.model_dump())
    done = await writing.reorder(desk, write, body.status_ids)
    audit(write, "statuses reordered", done.event_ids)
    return done


def _told(write: Write, what: str, done: WrittenStatus) -> WrittenStatus:
    audit(write, what, [done.event_id] if done.event_id else [])
    return done
