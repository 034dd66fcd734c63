"""Leads over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pages.answers import leads as answers
from pages.api.paging import Cursor, Limit, Text, answer
from pages.api.responses import LIST, problems
from pages.asking import TheDesk, Viewer
from pages.cursors import behind_of, cursor_of
from pages.models.leads import Lead, LeadsSummary
from pages.models.lists import Items

router = APIRouter(tags=["leads"])

Day = Annotated[str | None, Query(description="A day in the workspace's zone, or an RFC 3339 instant")]


@router.get("/leads", response_model=Items[Lead], responses=LIST)
def list_leads(
    request: Request,
    desk: TheDesk,
    workspace: str,
    _: Viewer,
    since: Day = None,
    until: Day = None,
    origin: Annotated[str | None, Query(description="`ads` or `organic`")] = None,
    source: Text = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Leads, the newest first; `until` is exclusive."""
    span = answers.span_of(desk, since, until)

    def ask(at: str | None, most: int) -> tuple[Any, Any]:
        page = answers.leads(
            desk, workspace, span, origin=origin or None, source=source or None, behind=behind_of(at), limit=most
        )
        return page, lambda: cursor_of(answers.behind_last(page.rows))

    return answer(request, Lead, ask, desk.zone, cursor, limit)


@router.get("/leads/summary", responses=problems())
def get_summary(desk: TheDesk, workspace: str, _: Viewer, since: Day = None, until: Day = None) -> LeadsSummary:
    """The leads of a span by day and by first source, and how many the span before had."""
    span = answers.span_of(desk, since, until)
    return LeadsSummary.model_validate(answers.summarised(desk, workspace, span))
