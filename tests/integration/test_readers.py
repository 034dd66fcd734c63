"""Readers: their rows are those of the views, their pages end where they say, and what cannot be asked is said."""

import types
from datetime import datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from projections.readers.contacts import Contact, contacts
from projections.readers.conversations import Conversation, conversations
from projections.readers.errors import ReadError
from projections.readers.journey import JourneyEntry, Span, contact_journey, conversation_journey, order_of
from projections.readers.leads import Lead, newest_leads
from projections.readers.pages import Page
from projections.readers.phones import SeveralContactsError, contact_of_phone
from projections.readers.pipeline import BoardColumn, board, status_styles, unknown_status
from projections.readers.subject import contact_of_visitor, resolved_contact
from tests.support.events import event, new_workspace
from tests.support.space import Space

ROWS = {
    "journey": JourneyEntry,
    "conversations": Conversation,
    "contacts": Contact,
    "leads": Lead,
    "pipeline_board": BoardColumn,
}
#: A reader hands an order out as text, because JSON's readers round large numbers.
AS_TEXT = "event_order"
#: How ClickHouse names the types of a view's columns, and what a reader says of them.
TYPES = {"String": str, "UInt8": int, "UInt64": int, "UInt256": int, "DateTime64(3, 'UTC')": datetime}
PEOPLE = 5


def told_type(annotation: Any) -> tuple[Any, bool]:
    """What a row's field is, and whether it may be None."""
    if get_origin(annotation) in (Union, types.UnionType):
        (inner,) = (item for item in get_args(annotation) if item is not type(None))
        return inner, True
    return annotation, False


def column_type(name: str) -> tuple[Any, bool]:
    """The same of a column's type."""
    nullable = name.startswith("Nullable(")
    bare = name.removeprefix("Nullable(").removesuffix(")") if nullable else name
    return (list[str] if bare == "Array(String)" else TYPES[bare]), nullable


@pytest.mark.parametrize("view", ROWS)
def test_a_row_has_the_columns_of_its_view_in_their_order_and_types(pipeline: Space, view: str) -> None:
    columns = {row["name"]: column_type(row["type"]) for row in pipeline.query(f"DESCRIBE TABLE {view}")}
    if AS_TEXT in columns:
        columns[AS_TEXT] = (str, False)
    hints = get_type_hints(ROWS[view])
    assert list(hints) == list(columns)
    assert {name: told_type(hint) for name, hint in hints.items()} == columns


@pytest.fixture(scope="module")
def shop(pipeline: Space) -> str:
    """A workspace of several people who wrote one message each; two have the same phone, and one was merged away."""
    workspace = new_workspace()
    status = {"status_id": "hot", "name": "Hot Lead", "color": "#AA0000", "position": 0}
    pipeline.append_events(
        [
            event("pipeline_status.defined", workspace, status),
            *(message(workspace, number) for number in range(PEOPLE)),
            *(moved(workspace, number) for number in range(PEOPLE)),
            *(event("contact.updated", workspace, {"contact_id": f"c{n}", "phone": "+628123456789"}) for n in (0, 1)),
            event("contact.updated", workspace, {"contact_id": "c2", "phone": "+628123456780"}),
            event("contact.identified", workspace, {"visitor_id": "v", "contact_id": "c3"}),
            event("contact.merged", workspace, {"previous_id": "old", "contact_id": "c4"}),
        ]
    )
    pipeline.until_committed()
    return workspace


def message(workspace: str, number: int) -> dict[str, Any]:
    data = {"contact_id": f"c{number}", "conversation_id": f"v{number}", "message_id": f"m{number}", "text": "halo"}
    return event("message.incoming", workspace, data, time=f"2026-03-02T10:00:0{number}Z")


def moved(workspace: str, number: int) -> dict[str, Any]:
    data = {"contact_id": f"c{number}", "conversation_id": f"v{number}", "to_status_id": "hot"}
    return event("pipeline.changed", workspace, data, time=f"2026-03-02T11:00:0{number}Z")


@pytest.mark.parametrize("limit", [1, PEOPLE - 1, PEOPLE, PEOPLE + 1])
def test_a_page_has_as_many_rows_as_asked_and_says_whether_there_are_more(
    pipeline: Space, shop: str, limit: int
) -> None:
    client = pipeline.client
    pages: list[Page[Any]] = [
        newest_leads(client, shop, limit=limit),
        conversations(client, shop, limit=limit),
        contacts(client, shop, limit=limit),
    ]
    for page in pages:
        assert len(page.rows) == min(limit, PEOPLE)
        assert page.has_more == (limit < PEOPLE)


def test_a_journey_is_read_page_by_page_from_either_end(pipeline: Space, shop: str) -> None:
    whole = contact_journey(pipeline.client, shop, "c0", Span(oldest_first=True))
    assert [row["type"] for row in whole.rows] == ["message.incoming", "pipeline.changed"]
    first = contact_journey(pipeline.client, shop, "c0", Span(oldest_first=True, limit=1))
    assert (first.rows, first.has_more) == (whole.rows[:1], True)
    rest = contact_journey(pipeline.client, shop, "c0", Span(after=order_of("after", first.rows[0]["event_order"])))
    assert (rest.rows, rest.has_more) == (whole.rows[1:], False)
    newest = conversation_journey(pipeline.client, shop, "v0", Span(limit=1))
    assert newest.rows[0]["event_id"] == whole.rows[1]["event_id"]


def test_a_status_that_does_not_exist_is_named_with_the_one_that_may_be_meant(pipeline: Space, shop: str) -> None:
    assert len(conversations(pipeline.client, shop, status="Hot Lead", limit=9).rows) == PEOPLE
    assert conversations(pipeline.client, shop, status="none", limit=9).rows == []
    assert unknown_status(pipeline.client, shop, "hot leed") == (
        f"no status 'hot leed' in workspace {shop!r}; did you mean Hot Lead?"
    )
    for known in ("hot", "Hot Lead", "none", None):
        assert unknown_status(pipeline.client, shop, known) is None


def test_the_board_and_the_styles_name_the_statuses(pipeline: Space, shop: str) -> None:
    (column,) = board(pipeline.client, shop)
    assert (column["name"], column["conversations"], column["contacts"]) == ("Hot Lead", PEOPLE, PEOPLE)
    assert status_styles(pipeline.client, shop) == {"hot": {"status_id": "hot", "name": "Hot Lead", "color": "#AA0000"}}


def test_a_contact_is_found_by_what_it_was_merged_from_by_its_visitor_and_by_its_phone(
    pipeline: Space, shop: str
) -> None:
    client = pipeline.client
    assert resolved_contact(client, shop, "old") == "c4"
    assert resolved_contact(client, shop, "nobody") == "nobody"
    assert contact_of_visitor(client, shop, "v") == "c3"
    assert contact_of_phone(client, shop, "0062 812-3456-780") == "c2"


def test_what_cannot_be_asked_is_an_error_with_a_message_for_people(pipeline: Space, shop: str) -> None:
    client = pipeline.client
    with pytest.raises(ReadError, match="visitor 'w' is not tied"):
        contact_of_visitor(client, shop, "w")
    with pytest.raises(ReadError, match=r"no contact has the phone '\+4915112345678'"):
        contact_of_phone(client, shop, "+49 151 12345678")
    with pytest.raises(SeveralContactsError, match="'c0', 'c1'"):
        contact_of_phone(client, shop, "+628123456789")
    for text in ("", "-1", "x", "²", str(2**256)):
        with pytest.raises(ReadError, match="before takes an event_order"):
            order_of("before", text)
