"""The list of conversations: filters in the URL, a click on a value filters by it."""

from fastapi import APIRouter
from fastapi.responses import Response

from pages.answers import conversations as answers
from pages.answers.contacts import people
from pages.answers.pipeline import statuses
from pages.cursors import behind_of, cursor_of
from pages.html.screen import TheScreen, texts
from pages.html.together import both

router = APIRouter(include_in_schema=False)

FILTERS = ("status", "label", "channel", "assignee", "contact", "search")


@router.get("/conversations")
def conversations(screen: TheScreen) -> Response:
    """A page of the list."""
    filters = texts(screen.request, *FILTERS)
    behind = behind_of(screen.request.query_params.get("cursor"))
    desk, workspace = screen.desk, screen.workspace
    page, living = both(
        lambda: answers.conversations(desk, workspace, answers.Filters(**filters), behind=behind),
        lambda: statuses(desk, workspace),
    )
    return screen.show(
        "conversations.html",
        rows=page.rows,
        people=people(desk, workspace, [row["contact_id"] for row in page.rows]),
        next=cursor_of(answers.behind_last(page.rows)) if page.has_more else None,
        statuses=living,
        filters=filters,
        is_filtered=any(filters.values()),
    )
