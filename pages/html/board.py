"""The board: a column for each status, and one for conversations without; cards move by dragging or by a menu."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from fastapi.responses import Response

from pages.answers.contacts import people
from pages.answers.conversations import Filters, cards
from pages.answers.pipeline import board_with_statuses
from pages.html.screen import TheScreen, texts
from pages.html.together import both
from pages.models.pipeline import BoardColumn
from projections.readers.conversations import Conversation
from projections.readers.pages import Page

router = APIRouter(include_in_schema=False)

#: Cards of one column; the rest is in the list, a click away.
_CARDS = 20


@dataclass(frozen=True)
class Column:
    """A column with its first cards; the one without a status has no id and no name."""

    status_id: str
    name: str
    color: str | None
    conversations: int
    contacts: int
    cards: Sequence[Conversation] = ()
    has_more: bool = False

    @classmethod
    def of(cls, row: BoardColumn) -> "Column":
        """The column of a status, without its cards."""
        return cls(row.status_id, row.name, row.color, row.conversations, row.contacts)

    def with_cards(self, page: Page[Conversation] | None) -> "Column":
        """The column with its cards; None for none."""
        return self if page is None else replace(self, cards=page.rows, has_more=page.has_more)


@router.get("/pipeline")
def pipeline(screen: TheScreen) -> Response:
    """The page."""
    filters = texts(screen.request, "search", "label", "channel", "assignee")
    chosen = Filters(**filters)
    desk, workspace = screen.desk, screen.workspace
    (found, living), shown = both(
        lambda: board_with_statuses(desk, workspace),
        lambda: cards(desk, workspace, chosen, limit=_CARDS),
    )
    none = found.without_status
    bare = [*map(Column.of, found.columns), Column("", "", None, none.conversations, none.contacts)]
    columns = [column.with_cards(shown.get(column.status_id)) for column in bare]
    contacts = [row["contact_id"] for column in columns for row in column.cards]
    return screen.show(
        "pipeline.html",
        columns=columns[:-1],
        living={item.status_id for item in living},
        without=columns[-1],
        targets=living,
        people=people(screen.desk, screen.workspace, contacts),
        filters=filters,
        is_filtered=any(filters.values()),
    )
