"""Feeding event sets straight into the tables, the way the worker does, only without Kafka before it."""

import json
import random
from unittest.mock import patch

from clickhouse_connect.driver.client import Client

from processors.stream.row import COLUMNS, FORMAT, merge_of, row_of
from projections import asking
from projections.runs.standing import follow_everywhere
from schemas.validation import validate
from tests.exactness.drawing import MAX_EVENTS, SOURCES, Raw, respelt


def tie_breaks(client: Client) -> dict[tuple[str, str], int]:
    """The hash of every source and id that is drawn, as the tables have it."""
    rows = client.query(
        "SELECT source, id, reinterpretAsUInt128(sipHash128(source, id)) FROM "
        "(SELECT arrayJoin({sources:Array(String)}) AS source, concat('e', toString(number)) AS id "
        "FROM numbers({count:UInt32}))",
        parameters={"sources": SOURCES, "count": MAX_EVENTS},
    ).result_rows
    return {(source, name): value for source, name, value in rows}


def store(client: Client, raws: list[Raw], dice: random.Random) -> None:
    """Write events as one block, and follow their merges."""
    events = [validate(respelt(raw, dice)) for raw in raws]
    body = b"\n".join(row_of(event) for event in events)
    client.raw_insert("events", COLUMNS, body, fmt=FORMAT)
    # Few merges of a workspace are read at once, which none of these sets outgrows; many are looked for by key.
    with patch.object(asking, "FEW", dice.choice((0, asking.FEW))):
        follow_everywhere(client, {merge_of(event) for event in events if event.type.name == "contact.merged"})


def in_workspace(raws: list[Raw], workspace: str) -> list[Raw]:
    """A copy of a set that belongs to a workspace."""
    return [json.loads(json.dumps(raw)) | {"workspaceid": workspace} for raw in raws]
