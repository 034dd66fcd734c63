"""Rows: what of an event becomes a column, and what its text in `data` looks like."""

import json
from typing import Any

import pytest

from processors.stream.row import COLUMNS, row_of
from schemas.catalogue import CATALOGUE
from schemas.examples import EXAMPLES
from schemas.validation import validate

IDS = ("contact_id", "visitor_id", "conversation_id", "session_id")


def row(type_name: str, data: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """The row of the type's example with some of it changed."""
    sent = EXAMPLES[type_name] | attributes
    sent = sent | {"data": sent["data"] | data}
    return dict(zip(COLUMNS, json.loads(row_of(validate(json.dumps(sent).encode()))), strict=True))


@pytest.mark.parametrize("type_name", EXAMPLES)
def test_a_row_has_the_columns_of_the_table_and_the_whole_data(type_name: str) -> None:
    made = row(type_name, {})
    assert made["data"] == EXAMPLES[type_name]["data"]
    sent = EXAMPLES[type_name]
    told = (made["workspace_id"], made["event_source"], made["event_id"], made["type"])
    assert told == (sent["workspaceid"], sent["source"], sent["id"], type_name)


@pytest.mark.parametrize("item", CATALOGUE, ids=lambda item: item.name)
def test_only_an_id_that_the_type_knows_gets_its_column(item: Any) -> None:
    foreign = [name for name in IDS if name not in item.model.model_fields]
    made = row(item.name, {name: f"foreign {name}" for name in foreign})
    assert all(made[name] == "" for name in foreign)
    for name in set(IDS) - set(foreign):
        assert made[name] == EXAMPLES[item.name]["data"].get(name, "")
    assert all(made["data"][name] == f"foreign {name}" for name in foreign)


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_absent_id_is_an_empty_column(nothing: str | None) -> None:
    made = row("message.incoming", {"session_id": nothing})
    assert made["session_id"] == ""
    assert made["data"]["session_id"] == nothing


def test_the_text_does_not_depend_on_the_order_of_fields() -> None:
    sent = EXAMPLES["message.incoming"]
    turned = dict(reversed(sent.items())) | {"data": dict(reversed(sent["data"].items()))}
    turned["data"]["referral"] = dict(reversed(sent["data"]["referral"].items()))
    rows = {
        row_of(validate(json.dumps(item, indent=indent).encode())) for item in (sent, turned) for indent in (None, 2)
    }
    assert len(rows) == 1
    assert b"\n" not in rows.pop()


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1])
def test_large_whole_numbers_keep_every_digit(number: int) -> None:
    assert row("label.added", {"x": number})["data"]["x"] == number


@pytest.mark.parametrize("text", ["☕ kopi", "👩‍🍳", "\u2028\u202e", 'a"b\\c', "\x01\t\n", "﷐\uffff"])
def test_text_comes_through_as_it_is(text: str) -> None:
    made = row("message.incoming", {"text": text, text: 1})
    assert made["data"]["text"] == text
    assert made["data"][text] == 1


@pytest.mark.parametrize(
    ("time", "instant"),
    [
        ("2000-01-01T00:00:00Z", "946684800.0"),
        ("2025-03-14T09:26:53.589Z", "1741944413.589"),
        ("2025-03-14T16:26:53.5899+07:00", "1741944413.589"),
        ("2299-12-31T23:59:59.999Z", "10413791999.999"),
    ],
)
def test_the_instant_is_written_as_seconds_with_its_milliseconds(time: str, instant: str) -> None:
    sent = EXAMPLES["label.added"] | {"time": time}
    made = row_of(validate(json.dumps(sent).encode()))
    assert json.loads(made, parse_float=str)[COLUMNS.index("occurred_at")] == instant


@pytest.mark.parametrize(("sent", "stored"), [(7, 7), ("7", 7), (None, 0), (2**63 - 1, 2**63 - 1)])
def test_the_sequence_is_a_number(sent: object, stored: int) -> None:
    assert row("label.added", {}, sequence=sent)["sequence"] == stored
