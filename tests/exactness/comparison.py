"""Comparing the views with the oracle, workspace by workspace."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from clickhouse_connect.driver.client import Client

from tests.exactness.oracle.event import Row
from tests.exactness.oracle.oracle import Oracle

Key = str | tuple[str, ...]
"""The column that identifies a row, or several."""

#: View → what identifies a row in it.
VIEWS: dict[str, Key] = {
    "conversations": "conversation_id",
    "pipeline_statuses": "status_id",
    "pipeline_board": "status_id",
    "contacts": "contact_id",
    "sessions": "session_id",
    "leads": "contact_id",
    "journey": "event_order",
    "status_changes": "event_order",
    "reused_ids": ("event_source", "event_id"),
}


def differences(client: Client, oracles: dict[str, Oracle]) -> list[str]:
    """Every row in which a view and its oracle disagree.

    Arguments:
        client: a client of the database with the views.
        oracles: workspace → what its views should say.
    """
    found: list[str] = []
    for view, key in VIEWS.items():
        actual = _read(client, view, oracles)
        for workspace, oracle in oracles.items():
            wanted = {_named(row, key): row for row in getattr(oracle, view)()}
            found += [f"{view} {workspace} {what}" for what in _compare(wanted, actual[workspace], key)]
    return found


def _read(client: Client, view: str, workspaces: Iterable[str]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    answer = client.query(
        f"SELECT * FROM {view} WHERE workspace_id IN {{workspaces:Array(String)}}",
        parameters={"workspaces": list(workspaces)},
        query_tz="UTC",
    )
    for row in answer.named_results():
        rows[row.pop("workspace_id")].append(row)
    return rows


def _named(row: Row, key: Key) -> Any:
    return row[key] if isinstance(key, str) else tuple(row[name] for name in key)


def _compare(wanted: dict[Any, Row], rows: list[Row], key: Key) -> list[str]:
    found = []
    actual = {_named(row, key): row for row in rows}
    if len(actual) != len(rows):
        found.append(f"has {len(rows) - len(actual)} rows twice")
    for name in wanted.keys() | actual.keys():
        left, right = wanted.get(name), actual.get(name)
        if left is None or right is None:
            found.append(f"{name}: {'is not expected' if left is None else 'is missing'}: {left or right}")
            continue
        found += [
            f"{name}.{column}: is {right[column]!r}, should be {left[column]!r}"
            for column in left
            if right[column] != left[column]
        ]
    return found


def lookup_differences(client: Client, workspace: str, oracle: Oracle) -> list[str]:
    """The same for the parameterized views, by every id there is in the set."""
    found: list[str] = []
    journey, sessions = oracle.journey(), oracle.sessions()
    for contact in {row["contact_id"] for row in [*oracle.contacts(), *journey]}:
        parameters = {"w": workspace, "id": contact}
        wanted = {row["event_order"]: row for row in journey if row["contact_id"] == contact}
        rows = _ask(client, "contact_journey(workspace_id = {w:String}, contact_id = {id:String})", parameters)
        found += [f"contact_journey {contact} {what}" for what in _compare(wanted, rows, "event_order")]
        wanted = {row["session_id"]: row for row in sessions if row["contact_id"] == contact}
        rows = _ask(client, "contact_sessions(workspace_id = {w:String}, contact_id = {id:String})", parameters)
        found += [f"contact_sessions {contact} {what}" for what in _compare(wanted, rows, "session_id")]
    for conversation in {row["conversation_id"] for row in journey if row["conversation_id"]}:
        wanted = {row["event_order"]: row for row in oracle.conversation_journey(conversation)}
        parameters = {"w": workspace, "id": conversation}
        rows = _ask(
            client, "conversation_journey(workspace_id = {w:String}, conversation_id = {id:String})", parameters
        )
        found += [f"conversation_journey {conversation} {what}" for what in _compare(wanted, rows, "event_order")]
        wanted = {row["event_order"]: row for row in oracle.status_changes() if row["conversation_id"] == conversation}
        rows = _ask(
            client, "conversation_status_changes(workspace_id = {w:String}, conversation_id = {id:String})", parameters
        )
        found += [
            f"conversation_status_changes {conversation} {what}" for what in _compare(wanted, rows, "event_order")
        ]
    return found


def _ask(client: Client, view: str, parameters: dict[str, str]) -> list[Row]:
    answer = client.query(f"SELECT * FROM {view}", parameters=parameters, query_tz="UTC")
    return list(answer.named_results())
