"""The board: a column for each status, and one for conversations without; cards move by dragging or by a menu."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from fastapi.responses import Response

from pages.answers.contacts import people
from pages.answers.conversations import Filters, conversations
from pages.answers.pipeline import board, statuses
from pages.html.screen import Screen, TheScreen, texts
from pages.html.together import both, every
from pages.models.pipeline import BoardColumn
from projections.readers.conversations import Conversation
from projections.readers.pages import Page
from projections.readers.pipeline import WITHOUT_STATUS

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


@router.get("/pipeline")
def pipeline(screen: TheScreen) -> Response:
    """The page."""
    filters = texts(screen.request, "search", "label", "channel", "assignee")
    chosen = Filters(**filters)
    found, living = both(lambda: board(screen.desk, screen.workspace), lambda: statuses(screen.desk, screen.workspace))
    none = found.without_status
    bare = [Column.of(column) for column in found.columns]
    bare.append(Column("", "", None, none.conversations, none.contacts))
    pages = every([_asked(screen, chosen, column) for column in bare])
    columns = [
        replace(column, cards=page.rows, has_more=page.has_more) for column, page in zip(bare, pages, strict=True)
    ]
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


def _asked(screen: Screen, chosen: Filters, column: Column) -> Callable[[], Page[Conversation]]:
    """What reads the cards of a column. An empty one is not asked for."""
    if not column.conversations:
        return lambda: Page([], False)
    wanted = replace(chosen, status=column.status_id or WITHOUT_STATUS)
    return lambda: conversations(screen.desk, screen.workspace, wanted, limit=_CARDS)
