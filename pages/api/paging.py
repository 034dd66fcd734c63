"""What all lists take and answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel

from pages.csv_files import MEDIA_TYPE, lines, wants_csv
from pages.models.lists import Items
from projections.readers.pages import Page

Limit = Annotated[int, Query(ge=1, le=500, description="How many items at most")]
Cursor = Annotated[str | None, Query(description="The `next` of the page before", max_length=2_000)]
Text = Annotated[str | None, Query(max_length=1_000)]

#: A list as CSV goes on over its pages up to here; a spreadsheet takes about a million rows.
_MOST_ROWS = 200_000
_AT_ONCE = 500

Row = TypeVar("Row", bound=Mapping[str, Any])

Ask = Callable[[str | None, int], tuple[Page[Any], Callable[[], str]]]
"""Reads a page behind a cursor, at most so long; answers it and what makes the cursor behind it."""


def answer(request: Request, model: type[BaseModel], ask: Ask, zone: str, cursor: str | None, limit: int) -> Response:
    """A page as JSON, or the list as CSV where that is asked for.

    A CSV file goes to the end of the list, or holds one page where the request names a `limit` or a `cursor`.

    Arguments:
        request: what was asked for.
        model: of an item; its fields are the columns.
        ask: reads a page.
        zone: the time zone of CSV.
        cursor, limit: the request's.
    """
    page, next_of = ask(cursor, limit)
    following = next_of() if page.has_more else None
    if not wants_csv(request):
        items = [model.model_validate(row) for row in page.rows]
        return JSONResponse(Items(items=items, next=following).model_dump(mode="json"))
    is_whole = "limit" not in request.query_params and cursor is None
    rows = _all(ask, page.rows, following) if is_whole else iter(page.rows)
    headers = {"Content-Disposition": 'attachment; filename="jejak.csv"'}
    if following and not is_whole:
        headers["Link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
    return StreamingResponse(lines(list(model.model_fields), rows, zone), headers=headers, media_type=MEDIA_TYPE)


def _all(ask: Ask, first: Sequence[Mapping[str, Any]], cursor: str | None) -> Iterator[Mapping[str, Any]]:
    yield from first
    count = len(first)
    while cursor is not None and count < _MOST_ROWS:
        page, next_of = ask(cursor, _AT_ONCE)
        yield from page.rows
        count += len(page.rows)
        cursor = next_of() if page.has_more and page.rows else None
