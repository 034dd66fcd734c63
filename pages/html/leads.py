"""Leads: the seven columns of the product's page, how many are new, by day and by source, and CSV of what is shown."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from pages.answers import leads as answers
from pages.clock import now_ms
from pages.csv_files import MEDIA_TYPE, lines
from pages.cursors import behind_of, cursor_of
from pages.html.chart import chart_of, sources_of
from pages.html.screen import Screen, TheScreen, texts
from pages.html.together import both
from pages.times import instant
from projections.readers.leads import Lead

router = APIRouter(include_in_schema=False)

#: The page's columns, and where they stand in the view.
COLUMNS = {
    "Date": "date",
    "Customer Name": "customer_name",
    "Phone Number": "phone_number",
    "Email": "email",
    "First Source": "first_source",
    "First Touched At": "first_touched_at",
    "Last Source": "last_source",
}
_FILTERS = ("since", "until", "origin", "source")
_AT_ONCE, _MOST_ROWS = 500, 200_000


@router.get("/leads")
def leads(screen: TheScreen) -> Response:
    """The page."""
    filters = texts(screen.request, *_FILTERS)
    span = answers.span_of(screen.desk, filters["since"], filters["until"])
    behind = behind_of(screen.request.query_params.get("cursor"))
    page, summary = both(
        lambda: _page(screen, filters, span, behind, 50),
        lambda: answers.summarised(screen.desk, screen.workspace, span),
    )
    before = summary["previous_total"]
    return screen.show(
        "leads.html",
        rows=page.rows,
        next=cursor_of(answers.behind_last(page.rows)) if page.has_more else None,
        summary=summary,
        has_before=span.before is not None,
        change=summary["total"] / before - 1 if span.before is not None and before else None,
        chart=chart_of(summary["by_day"]),
        sources=sources_of(summary["by_source"], summary["total"]),
        filters=filters,
        dates=all(_is_day(filters[name]) for name in ("since", "until")),
        ranges=_ranges(screen, filters),
        csv=screen.path("leads.csv", **filters),
        is_filtered=any(filters.values()),
        is_narrowed=bool(filters["origin"] or filters["source"]),
    )


@router.get("/leads.csv")
def as_csv(screen: TheScreen) -> Response:
    """The list under the same filters, to its end, with the page's columns and in the workspace's zone."""
    filters = texts(screen.request, *_FILTERS)
    span = answers.span_of(screen.desk, filters["since"], filters["until"])
    first = _page(screen, filters, span, None, _AT_ONCE)

    def rows() -> Iterator[dict[str, Any]]:
        page, count = first, 0
        while True:
            yield from map(_shown, page.rows)
            count += len(page.rows)
            if not page.has_more or not page.rows or count >= _MOST_ROWS:
                return
            page = _page(screen, filters, span, answers.behind_last(page.rows), _AT_ONCE)

    headers = {"Content-Disposition": 'attachment; filename="leads.csv"'}
    return StreamingResponse(lines(list(COLUMNS), rows(), screen.desk.zone), headers=headers, media_type=MEDIA_TYPE)


def _page(screen: Screen, filters: Any, span: answers.Span, behind: Any, limit: int) -> Any:
    return answers.leads(
        screen.desk,
        screen.workspace,
        span,
        origin=filters["origin"],
        source=filters["source"],
        behind=behind,
        limit=limit,
    )


def _shown(row: Lead) -> dict[str, Any]:
    cells: dict[str, Any] = dict(row)
    cells["customer_name"] = row["customer_name"] or row["contact_id"]
    return {title: cells[name] for title, name in COLUMNS.items()}


def _is_day(text: str | None) -> bool:
    try:
        return text is None or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _ranges(screen: Screen, filters: Any) -> list[dict[str, Any]]:
    """Ranges that one click chooses; they end with today."""
    today = _today(screen)
    spans = {
        "last_7": (today - timedelta(days=6), today + timedelta(days=1)),
        "last_30": (today - timedelta(days=29), today + timedelta(days=1)),
        "this_month": (today.replace(day=1), today + timedelta(days=1)),
    }
    found: list[dict[str, Any]] = [
        {"name": name, "since": since.isoformat(), "until": until.isoformat()} for name, (since, until) in spans.items()
    ]
    found.append({"name": "all_time", "since": None, "until": None})
    chosen = (filters["since"], filters["until"])
    return [item | {"is_chosen": (item["since"], item["until"]) == chosen} for item in found]


def _today(screen: Screen) -> date:
    at: datetime = instant(now_ms())
    return at.astimezone(ZoneInfo(screen.desk.zone)).date()
