"""Contacts: the list, and one person with everybody it turned out to be."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from pages.answers import contacts as answers
from pages.answers import conversations
from pages.answers.journey import of_contact
from pages.answers.pipeline import defined
from pages.cursors import behind_of, cursor_of, order_cursor, order_of
from pages.html.entries import Choice, timeline
from pages.html.screen import Screen, TheScreen, texts
from pages.html.together import both, three

router = APIRouter(include_in_schema=False)

_TABS = ("journey", "conversations", "sessions")


@router.get("/contacts")
def contacts(screen: TheScreen) -> Response:
    """A page of the list."""
    filters = texts(screen.request, "status", "search")
    behind = behind_of(screen.request.query_params.get("cursor"))
    desk, workspace = screen.desk, screen.workspace
    page, known = both(
        lambda: answers.contacts(desk, workspace, status=filters["status"], search=filters["search"], behind=behind),
        lambda: defined(desk, workspace),
    )
    return screen.show(
        "contacts.html",
        rows=page.rows,
        next=cursor_of(answers.behind_last(page.rows)) if page.has_more else None,
        statuses=[item for item in known if not item.deleted],
        known={item.status_id: item for item in known},
        filters=filters,
        is_filtered=any(filters.values()),
    )


@router.get("/contacts/{contact_id}")
def contact(screen: TheScreen, contact_id: str) -> Response:
    """One contact; one that was merged into another leads there."""
    wanted = screen.request.query_params.get("tab", "")
    tab = wanted if wanted in _TABS else "journey"
    try:
        shown, person, known = three(
            lambda: _tab(screen, contact_id, tab),
            lambda: answers.person(screen.desk, screen.workspace, contact_id),
            lambda: defined(screen.desk, screen.workspace),
        )
    except answers.ElsewhereError as elsewhere:
        return RedirectResponse(screen.path("contacts", elsewhere.contact, **screen.request.query_params), 308)
    return screen.show(
        "contact.html",
        person=person,
        statuses=[item for item in known if not item.deleted],
        known={item.status_id: item for item in known},
        tab=tab,
        **shown,
    )


def _tab(screen: Screen, contact: str, tab: str) -> dict[str, Any]:
    desk, workspace, at = screen.desk, screen.workspace, screen.request.query_params.get("cursor")
    if tab == "conversations":
        rows = conversations.conversations(
            desk, workspace, conversations.Filters(contact=contact), behind=behind_of(at)
        )
        following = cursor_of(conversations.behind_last(rows.rows)) if rows.has_more else None
        return {"rows": rows.rows, "next": following}
    if tab == "sessions":
        page = answers.sessions(desk, workspace, contact, behind=order_of(at))
        return {"rows": page.rows, "next": order_cursor(page.rows[-1]["number"]) if page.has_more else None}
    choice = Choice.of(screen.request)
    journey = timeline(lambda span: of_contact(desk, workspace, contact, span), choice, at, screen.formats)
    return {"journey": journey, "filters": choice}
