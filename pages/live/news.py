"""The news of each workspace: what this process hears of, and what it finds stored, for all who listen."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool

from pages.clickhouse import ClickHouse
from pages.live.kinds import kinds_of
from pages.overlay.changes import Change
from pages.problems import ProblemError
from projections.query import ask

#: How often ClickHouse is asked what was stored; at most once a second and workspace.
_EVERY_SECONDS = 1.0
#: Rows of one answer; where there are more, it is not said which conversations and contacts they are of.
_MOST = 500
#: A page is made a moment before its stream begins. What was told or stored since then is told to it, too.
_BEFORE_SECONDS = 5.0
_MOST_LATELY = 1_000
#: What a listener may leave unread; then it is told that everything may have changed.
_UNREAD = 100


@dataclass(frozen=True)
class Item:
    """One message to a browser.

    Attributes:
        event: its name, `changed` or `late`.
        data: what it says.
    """

    event: str
    data: dict[str, Any]


@dataclass
class _Workspace:
    """The listeners of a workspace, and what was found last."""

    listeners: set["asyncio.Queue[Item]"] = field(default_factory=set)
    parts: frozenset[str] = frozenset()
    asked_at: float = 0.0


class News:
    """Spreads news. Used on the event loop only."""

    def __init__(self, clickhouse: ClickHouse) -> None:
        """Nobody listens yet."""
        self._clickhouse = clickhouse
        self._workspaces: dict[str, _Workspace] = defaultdict(_Workspace)
        #: What was told lately: when, to which workspace, and what.
        self._lately: deque[tuple[float, str, Item]] = deque(maxlen=_MOST_LATELY)

    @contextmanager
    def listening(self, workspace: str) -> Iterator["asyncio.Queue[Item]"]:
        """The news of a workspace, for as long as the block lasts."""
        queue: asyncio.Queue[Item] = asyncio.Queue(_UNREAD)
        self._workspaces[workspace].listeners.add(queue)
        since = time.monotonic() - _BEFORE_SECONDS
        for item in [item for at, name, item in self._lately if name == workspace and at >= since][-_UNREAD:]:
            queue.put_nowait(item)
        try:
            yield queue
        finally:
            self._workspaces[workspace].listeners.discard(queue)
            if not self._workspaces[workspace].listeners:
                del self._workspaces[workspace]

    @property
    def listeners(self) -> int:
        """How many listen."""
        return sum(len(item.listeners) for item in self._workspaces.values())

    def heard(self, workspace: str, change: Change) -> None:
        """Tell of a change that Kafka has, before it is stored."""
        item = _changed([change.type], [change.conversation], [change.data.get("contact_id", "")])
        self._lately.append((time.monotonic(), workspace, item))
        self._tell(workspace, item)

    def tell_all(self, item: Item) -> None:
        """Tell everybody."""
        for workspace in list(self._workspaces):
            self._tell(workspace, item)

    def _tell(self, workspace: str, item: Item) -> None:
        if workspace not in self._workspaces:
            return
        for queue in self._workspaces[workspace].listeners:
            if queue.full():
                # It reads too slowly to be told one by one.
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(_changed([], [], []))
            else:
                queue.put_nowait(item)

    async def run(self) -> None:
        """Look for what was stored, until cancelled."""
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            for name, workspace in list(self._workspaces.items()):
                try:
                    await self._look(name, workspace)
                except ProblemError:
                    continue  # ClickHouse is away, and the log has it

    async def _look(self, name: str, workspace: _Workspace) -> None:
        begun = time.monotonic()
        since = begun - workspace.asked_at if workspace.asked_at else 0.0
        rows = await run_in_threadpool(self._ask, name, int(min(since, 60.0) + _BEFORE_SECONDS))
        workspace.asked_at = begun
        new = [row for row in rows if row["part"] not in workspace.parts]
        workspace.parts = frozenset(row["part"] for row in rows)
        if new:
            item = _of_rows(new)
            self._lately.append((time.monotonic(), name, item))
            self._tell(name, item)

    def _ask(self, workspace: str, seconds: int) -> list[dict[str, Any]]:
        with self._clickhouse.asked() as client:
            return ask(client, "changed_lately", workspace_id=workspace, seconds=seconds, limit=_MOST)


def _of_rows(rows: list[dict[str, Any]]) -> Item:
    types = sorted({row["type"] for row in rows})
    if len(rows) >= _MOST:
        return _changed(types, [], [])
    return _changed(types, [row["conversation_id"] for row in rows], [row["contact_id"] for row in rows])


def _changed(types: list[str], conversations: list[str], contacts: list[str]) -> Item:
    """What has changed. No ids mean that it may be any; no types mean that it may be anything."""
    return Item(
        "changed",
        {
            "what": kinds_of(types or [""]),
            "conversations": sorted(set(filter(None, conversations))),
            "contacts": sorted(set(filter(None, contacts))),
        },
    )
