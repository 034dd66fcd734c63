"""What the journeys of conversations and of contacts have in common."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Query

from pages.api.paging import Ask
from pages.cursors import order_cursor, order_of
from projections.readers.journey import LAST_ORDER, JourneyEntry, Span
from projections.readers.pages import Page

Titles = Annotated[list[str] | None, Query(description="A title, such as `Incoming`; may repeat")]
Category = Annotated[list[Literal["internal", "external"]] | None, Query(description="May repeat")]
Direction = Annotated[Literal["newest", "oldest"], Query(description="What comes first")]


def journey_page(
    read: Callable[[Span], Page[JourneyEntry]], titles: list[str] | None, categories: Any, order: str
) -> Ask:
    """What reads a page of a journey."""
    oldest = order == "oldest"

    def ask(cursor: str | None, limit: int) -> tuple[Page[JourneyEntry], Callable[[], str]]:
        at = order_of(cursor)
        ends = {} if at is None else {"after": at} if oldest else {"before": at}
        span = Span(
            **{"after": 0, "before": LAST_ORDER, **ends},
            oldest_first=oldest,
            limit=limit,
            titles=tuple(titles or ()),
            categories=tuple(categories or ()),
        )
        page = read(span)
        return page, lambda: order_cursor(int(page.rows[-1]["event_order"]))

    return ask
