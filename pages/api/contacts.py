"""Contacts over HTTP."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from pages.answers import contacts as answers
from pages.answers.journey import of_contact
from pages.api.journey import Category, Direction, Titles, journey_page
from pages.api.paging import Cursor, Limit, Text, answer
from pages.api.responses import LIST, problems
from pages.asking import TheDesk, Viewer
from pages.cursors import behind_of, cursor_of, order_cursor, order_of
from pages.models.contacts import Contact, Person, Session
from pages.models.journey import JourneyEntry
from pages.models.lists import Items

router = APIRouter(tags=["contacts"])

MOVED: dict[int | str, dict[str, Any]] = {308: {"description": "It was merged into another contact"}}


@router.get("/contacts", response_model=Items[Contact], responses=LIST)
def list_contacts(
    request: Request,
    desk: TheDesk,
    workspace: str,
    _: Viewer,
    status: Annotated[
        str | None, Query(description="A status that any conversation of theirs holds, or `none`")
    ] = None,
    search: Text = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Contacts, the one that was seen last first."""

    def ask(at: str | None, most: int) -> tuple[Any, Any]:
        page = answers.contacts(
            desk, workspace, status=status or None, search=search or None, behind=behind_of(at), limit=most
        )
        return page, lambda: cursor_of(answers.behind_last(page.rows))

    return answer(request, Contact, ask, desk.zone, cursor, limit)


@router.get("/contacts/{contact_id}", response_model=Person, responses=MOVED | problems())
def get_contact(request: Request, desk: TheDesk, workspace: str, _: Viewer, contact_id: str) -> Any:
    """One contact, with everybody it turned out to be."""
    try:
        return Person.model_validate(answers.person(desk, workspace, contact_id))
    except answers.ElsewhereError as elsewhere:
        return _moved(request, contact_id, elsewhere.contact)


@router.get("/contacts/{contact_id}/sessions", response_model=Items[Session], responses=MOVED | LIST)
def get_sessions(
    request: Request,
    desk: TheDesk,
    workspace: str,
    _: Viewer,
    contact_id: str,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """A contact's sessions, the newest first."""

    def ask(at: str | None, most: int) -> tuple[Any, Any]:
        page = answers.sessions(desk, workspace, contact_id, behind=order_of(at), limit=most)
        return page, lambda: order_cursor(page.rows[-1]["number"])

    try:
        return answer(request, Session, ask, desk.zone, cursor, limit)
    except answers.ElsewhereError as elsewhere:
        return _moved(request, contact_id, elsewhere.contact)


@router.get("/contacts/{contact_id}/journey", response_model=Items[JourneyEntry], responses=MOVED | LIST)
def get_journey(
    request: Request,
    desk: TheDesk,
    workspace: str,
    _: Viewer,
    contact_id: str,
    title: Titles = None,
    category: Category = None,
    order: Direction = "newest",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """What happened with a contact, in all its conversations and on the web."""
    try:
        ask = journey_page(lambda span: of_contact(desk, workspace, contact_id, span), title, category, order)
        return answer(request, JourneyEntry, ask, desk.zone, cursor, limit)
    except answers.ElsewhereError as elsewhere:
        return _moved(request, contact_id, elsewhere.contact)


def _moved(request: Request, before: str, contact: str) -> Response:
    """308 to the same path of the contact that another one resolves to, query included."""
    head, _, tail = request.url.path.rpartition("/contacts/")
    rest = tail.removeprefix(before)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{head}/contacts/{quote(contact, safe='')}{rest}{query}", 308)
