"""What is pending in one workspace: the changes that the views do not have, and what follows from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clickhouse_connect.driver.client import Client

from pages.overlay.changes import DEFINED, DELETED, MOVED, Change, Changes
from projections.readers.pipeline import StatusVersion, pending_changes, status_versions

#: Changes of one question, so that ClickHouse takes them as a parameter.
_AT_ONCE = 200


@dataclass(frozen=True)
class Ordered:
    """A change with its order among all events."""

    change: Change
    order: int


@dataclass
class StatusNow:
    """A pipeline status as it is defined now, what is pending included.

    Attributes:
        defined_order, deleted_order: the orders of its last definition and deletion, 0 for never.
    """

    status_id: str
    name: str = ""
    color: str = ""
    position: int = 0
    defined_order: int = 0
    deleted_order: int = 0

    @property
    def is_defined(self) -> bool:
        """Whether it was ever defined."""
        return self.defined_order > 0

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted after its last definition."""
        return self.deleted_order > self.defined_order

    @property
    def lives(self) -> bool:
        """Whether it is on the board, and conversations can be moved to it."""
        return self.is_defined and not self.is_deleted

    def apply(self, item: Ordered) -> None:
        """Let a definition or deletion count, if it is later than what is known."""
        data = item.change.data
        if item.change.type == DELETED:
            self.deleted_order = max(self.deleted_order, item.order)
        elif item.order > self.defined_order:
            self.name, self.color, self.position = data["name"], data["color"], int(data["position"])
            self.defined_order = item.order


@dataclass
class Pending:
    """What is on its way in a workspace.

    Attributes:
        moved: conversation → the change that decides its status before the views have it.
        unstored: the changes of conversations' statuses that are not in the journey yet.
        definitions: definitions and deletions of statuses that the views may not have.
    """

    moved: dict[str, Ordered] = field(default_factory=dict)
    unstored: list[Ordered] = field(default_factory=list)
    definitions: list[Ordered] = field(default_factory=list)


def pending(client: Client, workspace: str, changes: Changes) -> Pending:
    """Find out what of a workspace's changes the views do not have, and forget the rest.

    Asked before what it is laid over: a change that arrives in between is then in both, and is the same.

    Arguments:
        client: a client of Jejak's database.
        workspace: which.
        changes: what is remembered.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    found = Pending()
    known = changes.of(workspace)
    for first in range(0, len(known), _AT_ONCE):
        some = known[first : first + _AT_ONCE]
        _sort_in(client, workspace, some, found, changes)
    return found


def _sort_in(client: Client, workspace: str, some: Sequence[Change], found: Pending, changes: Changes) -> None:
    asked = [(item.conversation, item.source, item.id, item.ms, item.sequence) for item in some]
    by_key = {item.key: item for item in some}
    for row in pending_changes(client, workspace, asked):
        change = by_key[row["event_source"], row["event_id"], row["instant_ms"]]
        item = Ordered(change, int(row["event_order"]))
        if change.type != MOVED:
            found.definitions.append(item)
            continue
        if not row["is_stored"]:
            found.unstored.append(item)
        if row["is_ahead"]:
            before = found.moved.get(change.conversation)
            if before is None or before.order < item.order:
                found.moved[change.conversation] = item
        elif row["is_stored"]:
            changes.drop(workspace, [change.key])


def statuses_now(client: Client, workspace: str, found: Pending, changes: Changes) -> dict[str, StatusNow]:
    """All statuses of a workspace by id, as they are now; forgets definitions that the views have.

    Arguments and errors as for `pending`, with what that found.
    """
    rows = status_versions(client, workspace)
    statuses = {row["status_id"]: _status(row) for row in rows}
    if not found.definitions:
        return statuses
    changes.drop(workspace, [item.change.key for item in _stored(found.definitions, statuses)])
    for item in found.definitions:
        statuses.setdefault(item.change.status, StatusNow(item.change.status)).apply(item)
    return statuses


def _status(row: StatusVersion) -> StatusNow:
    name, color, position = row["name"], row["color"], int(row["position"])
    return StatusNow(row["status_id"], name, color, position, int(row["defined_order"]), int(row["deleted_order"]))


def _stored(items: Iterable[Ordered], statuses: dict[str, StatusNow]) -> list[Ordered]:
    """Those that the views have, or have something later of."""
    stored = []
    for item in items:
        known = statuses.get(item.change.status)
        if known is None:
            continue
        order = known.defined_order if item.change.type == DEFINED else known.deleted_order
        if order >= item.order:
            stored.append(item)
    return stored
