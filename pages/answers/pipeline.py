"""The pipeline: its statuses as they are defined now, and the board that counts who holds them."""

from pages.answers.now import Now, now
from pages.desk import Desk
from pages.models.pipeline import Board, BoardColumn, Status, Without
from pages.overlay.pending import StatusNow
from projections.readers.conversations import conversations
from projections.readers.pipeline import Held, held_statuses


def board(desk: Desk, workspace: str) -> Board:
    """The board: living statuses and those that are held, in their order; those that were never defined come last."""
    return board_with_statuses(desk, workspace)[0]


def board_with_statuses(desk: Desk, workspace: str) -> tuple[Board, list[Status]]:
    """The board as `board` has it, and the living statuses in their order, to which its cards can be moved."""
    with now(desk, workspace) as at:
        held = {row["status_id"]: row for row in _held(at)}
        ids = {name for name, status in at.statuses.items() if status.lives} | (held.keys() - {""})
        columns = [_column(workspace, name, at.statuses.get(name), held.get(name)) for name in ids]
        columns.sort(key=_in_order)
        none = held.get("")
        without = Without(conversations=none["conversations"] if none else 0, contacts=none["contacts"] if none else 0)
        return Board(columns=columns, without_status=without), living(at.statuses)


def statuses(desk: Desk, workspace: str) -> list[Status]:
    """The living statuses in their order."""
    with now(desk, workspace) as at:
        return living(at.statuses)


def defined(desk: Desk, workspace: str) -> list[Status]:
    """All statuses that were ever defined, the living ones first and in their order."""
    with now(desk, workspace) as at:
        gone = [status_model(item) for item in at.statuses.values() if item.is_defined and item.is_deleted]
        return [*living(at.statuses), *gone]


def living(known: dict[str, StatusNow]) -> list[Status]:
    """The living ones among statuses, in their order."""
    found = [status_model(item) for item in known.values() if item.lives]
    return sorted(found, key=lambda item: (item.position, item.status_id))


def status_model(item: StatusNow) -> Status:
    """A status as it is answered."""
    return Status(
        status_id=item.status_id,
        name=item.name,
        color=item.color,
        position=item.position,
        deleted=int(item.is_deleted),
    )


def _held(at: Now) -> list[Held]:
    if not at.moved:
        return held_statuses(at.client, at.workspace)
    rows = conversations(at.client, at.workspace, only=at.moved, limit=len(at.moved)).rows
    instead = [
        (at.pending.moved[row["conversation_id"]].change.data.get("to_status_id") or "", row["contact_id"])
        for row in rows
    ]
    return held_statuses(at.client, at.workspace, leave_out=[row["conversation_id"] for row in rows], instead=instead)


def _column(workspace: str, name: str, status: StatusNow | None, held: Held | None) -> BoardColumn:
    is_defined = status is not None and status.is_defined
    return BoardColumn(
        workspace_id=workspace,
        status_id=name,
        name=status.name if status is not None and is_defined else name,
        color=status.color if status is not None and is_defined else None,
        position=status.position if status is not None and is_defined else None,
        conversations=held["conversations"] if held else 0,
        contacts=held["contacts"] if held else 0,
    )


def _in_order(column: BoardColumn) -> tuple[bool, int, str]:
    return (column.position is None, column.position or 0, column.status_id)
