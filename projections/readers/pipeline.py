"""The pipeline: its board, and statuses as people name them (contract, section 3)."""

from collections.abc import Sequence
from typing import Any, TypedDict, cast

from clickhouse_connect.driver.client import Client

from projections.query import ask
from schemas.words import did_you_mean

#: The filter for what has no status, where a status is asked for.
WITHOUT_STATUS = "none"


class BoardColumn(TypedDict):
    """A row of the view `pipeline_board`: a status, and how many hold it now."""

    workspace_id: str
    status_id: str
    name: str
    color: str | None
    position: int | None
    conversations: int
    contacts: int


class StatusStyle(TypedDict):
    """What a status is called today, and its colour."""

    status_id: str
    name: str
    color: str


BOARD_COLUMNS = tuple(BoardColumn.__annotations__)


def board(client: Client, workspace: str) -> list[BoardColumn]:
    """The columns of a workspace's board in their order; statuses that were never defined come last.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose board.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    return cast(list[BoardColumn], ask(client, "pipeline_board", workspace_id=workspace))


def status_styles(client: Client, workspace: str) -> dict[str, StatusStyle]:
    """The defined statuses of a workspace by id, deleted ones included.

    Arguments and errors as for `board`.
    """
    rows = cast(list[StatusStyle], ask(client, "pipeline_status_styles", workspace_id=workspace))
    return {row["status_id"]: row for row in rows}


class StatusVersion(TypedDict):
    """A status, and when it was defined and deleted last: the orders of those events, 0 for never."""

    status_id: str
    name: str
    color: str
    position: int
    defined_order: str
    deleted_order: str


class Held(TypedDict):
    """How many hold a status, '' for none."""

    status_id: str
    conversations: int
    contacts: int


def status_versions(client: Client, workspace: str) -> list[StatusVersion]:
    """All statuses of a workspace that were ever defined or deleted. Arguments and errors as for `board`."""
    return cast(list[StatusVersion], ask(client, "pipeline_status_versions", workspace_id=workspace))


def held_statuses(
    client: Client, workspace: str, *, leave_out: Sequence[str] = (), instead: Sequence[tuple[str, str]] = ()
) -> list[Held]:
    """How many conversations and contacts hold each status.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose.
        leave_out: conversations that are not counted as they stand here.
        instead: the status, '' for none, and the resolved contact of each of these.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    counted = {"leave_out": list(leave_out), "instead": list(instead)}
    return cast(list[Held], ask(client, "board_held", workspace_id=workspace, **counted))


def pending_changes(
    client: Client, workspace: str, changes: Sequence[tuple[str, str, str, int, int]]
) -> list[dict[str, Any]]:
    """What is known here of events that were appended a moment ago.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose.
        changes: of each its conversation ('' where it has none), source, id, milliseconds since 1970, sequence.

    Returns:
        For each `event_order` as text, `is_ahead` of what the conversation holds, and `is_stored`.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    ids = sorted({change[0] for change in changes})
    return ask(client, "pending_changes", workspace_id=workspace, changes=list(changes), conversation_ids=ids)


def status_filter(status: str | None) -> dict[str, Any]:
    """The parameters by which the queries of lists filter by a status.

    Arguments:
        status: its id or its name; `WITHOUT_STATUS` for what has none; None for anything.
    """
    without = status == WITHOUT_STATUS
    return {"status": None if without else status, "without_status": int(without)}


def unknown_status(client: Client, workspace: str, status: str | None) -> str | None:
    """What to say of a status by which nothing was found: that it does not exist, and which one may be meant.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose statuses.
        status: as for `status_filter`.

    Returns:
        The sentence; None if the workspace has the status, or none was asked for.
    """
    if status is None or status == WITHOUT_STATUS:
        return None
    # The board has held statuses that were never defined, the styles those that nothing holds.
    columns = board(client, workspace)
    styles = status_styles(client, workspace).values()
    known = {name for row in (*columns, *styles) for name in (row["name"], row["status_id"])}
    if status in known:
        return None
    return f"no status {status!r} in workspace {workspace!r}{did_you_mean(status, sorted(known))}"
