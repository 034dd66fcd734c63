"""The attribution table: more than a hundred web events, each with the ad touch that it is, through the read models.

All of them are stored in one INSERT and read by one question. A second test holds the exactness oracle, which the
property tests go by, against the same table.
"""

import random
from itertools import count

import pytest
from clickhouse_connect.driver.client import Client

from tests.exactness.attribution import touch_of
from tests.exactness.attribution_rows import clicks, media, sources, urls
from tests.exactness.attribution_rows.case import Case, Source
from tests.exactness.feeding import store

ROWS = (*media.ROWS, *sources.ROWS, *clicks.ROWS, *urls.ROWS)
WORKSPACE = "attribution"
COLUMNS = ("", "_platform", "_id", "_medium", "_campaign", "_content")
_by_name = pytest.mark.parametrize("case", ROWS, ids=[case.what for case in ROWS])


@pytest.fixture(scope="module")
def leads(tables: Client) -> dict[str, tuple[str, Source | None]]:
    """Contact → origin and first source, of a contact for each row."""
    numbers = count()
    events = [
        {"specversion": "1.0", "id": f"e{next(numbers)}", "source": "/t", "type": kind, "workspaceid": WORKSPACE,
         "time": f"2026-03-01T00:00:00.{at}Z", "data": {"contact_id": f"c{row}"} | data}
        for row, case in enumerate(ROWS)
        for at, kind, data in (
            ("001", case.type, case.data),
            ("002", "message.incoming", {"conversation_id": f"k{row}", "message_id": "m"}),
        )
    ]  # fmt: skip
    store(tables, events, random.Random(1))
    columns = ", ".join(f"first_source{column}" for column in COLUMNS)
    found = tables.query(f"SELECT contact_id, origin, {columns} FROM leads WHERE workspace_id = '{WORKSPACE}'")
    return {
        contact: (origin, Source(*values) if values[2] is not None else None)
        for contact, origin, *values in found.result_rows
    }


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 120
    assert len({case.what for case in ROWS}) > len(ROWS) * 0.9


@_by_name
def test_a_web_event_is_the_touch_that_the_table_says(leads: dict[str, tuple[str, Source | None]], case: Case) -> None:
    origin = "ads" if case.wanted else "organic"
    assert leads[f"c{ROWS.index(case)}"] == (origin, case.wanted)


@_by_name
def test_the_oracle_of_the_property_tests_says_the_same(case: Case) -> None:
    touch = touch_of(case.type, case.data)
    assert (tuple(touch) if touch else None) == (
        (case.wanted.read, case.wanted.platform, case.wanted.id, case.wanted.medium, case.wanted.campaign,
         case.wanted.content)
        if case.wanted
        else None
    )  # fmt: skip
