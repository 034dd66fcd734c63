"""Pipeline Management: statuses are added, edited, reordered and deleted (product's page *Pipeline*)."""

import re

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from pages.answers.pipeline import statuses
from pages.asking import Admin
from pages.audit import audit
from pages.html.forms import Form, TheForm
from pages.html.screen import Screen, TheScreen
from pages.problems import invalid, not_found
from pages.publishing.request import Write
from pages.writing import pipeline as writing

router = APIRouter(include_in_schema=False)

#: Colours that can be told apart, on light and on dark.
PALETTE = ("#3B82F6", "#22C55E", "#F97316", "#EF4444", "#A855F7", "#14B8A6", "#EAB308", "#EC4899", "#6B7280")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


@router.get("/settings/pipeline")
def settings(screen: TheScreen) -> Response:
    """The page."""
    living = statuses(screen.desk, screen.workspace)
    used = {item.color.upper() for item in living}
    free = next((color for color in PALETTE if color not in used), PALETTE[len(living) % len(PALETTE)])
    return screen.show("settings.html", statuses=living, palette=PALETTE, next_color=free)


@router.post("/settings/pipeline")
async def add(screen: TheScreen, user: Admin, form: TheForm) -> Response:
    """Add a status behind the others."""
    name, color = _name(form), _color(form)
    write = Write(user, screen.workspace, None, {"name": name, "color": color})
    done = await writing.add(screen.desk, write, name, color)
    return _told(screen, write, "status added", done.event_id)


@router.post("/settings/pipeline/order")
async def order(screen: TheScreen, user: Admin, form: TheForm) -> Response:
    """Move a status before or behind another one."""
    living = [item.status_id for item in await run_in_threadpool(statuses, screen.desk, screen.workspace)]
    wanted = _moved(living, form)
    write = Write(user, screen.workspace, None, {"status_ids": wanted})
    done = await writing.reorder(screen.desk, write, wanted)
    return _told(screen, write, "statuses reordered", *done.event_ids)


@router.post("/settings/pipeline/{status_id}")
async def edit(screen: TheScreen, user: Admin, status_id: str, form: TheForm) -> Response:
    """Rename or recolour a status."""
    name, color = _name(form), _color(form)
    write = Write(user, screen.workspace, None, {"status_id": status_id, "name": name, "color": color})
    done = await writing.edit(screen.desk, write, status_id, name, color)
    return _told(screen, write, "status changed", done.event_id)


@router.post("/settings/pipeline/{status_id}/delete")
async def delete(screen: TheScreen, user: Admin, status_id: str, _: TheForm) -> Response:
    """Delete a status."""
    write = Write(user, screen.workspace, None, {"status_id": status_id})
    done = await writing.delete(screen.desk, write, status_id)
    return _told(screen, write, "status deleted", done.event_id)


def _told(screen: Screen, write: Write, what: str, *event_ids: str | None) -> Response:
    audit(write, what, [name for name in event_ids if name])
    return screen.back(screen.path("settings", "pipeline"), "/")


def _name(form: Form) -> str:
    name = form.text("name")
    if not name:
        raise invalid("name", "is missing")
    return name


def _color(form: Form) -> str:
    color = form.text("color")
    if not _COLOR.fullmatch(color):
        raise invalid("color", "is #RRGGBB")
    return color


def _moved(living: list[str], form: Form) -> list[str]:
    """The order behind a move; `behind` or `before` names the neighbour.

    Raises:
        ProblemError: 404, there is no such living status.
    """
    name = form.text("status_id")
    where = "before" if form.has("before") else "behind"
    neighbour = form.text(where)
    for each in (name, neighbour):
        if each not in living:
            raise not_found(f"no status {each!r}")
    rest = [item for item in living if item != name]
    if neighbour == name:
        return living
    place = rest.index(neighbour) + (where == "behind")
    return [*rest[:place], name, *rest[place:]]
