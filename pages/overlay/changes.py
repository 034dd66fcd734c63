"""The changes that are remembered: of conversations' statuses, and of the pipeline's statuses."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog

from schemas.event import Event

log = structlog.get_logger()

MOVED = "pipeline.changed"
DEFINED = "pipeline_status.defined"
DELETED = "pipeline_status.deleted"
TYPES = (MOVED, DEFINED, DELETED)

#: Changes that one workspace may have on their way. More of them mean that the worker stands still; the oldest go then.
_MOST = 1_000

Key = tuple[str, str, int]


@dataclass(frozen=True)
class Change:
    """An event that changes what the pages show.

    Attributes:
        type: one of `TYPES`.
        source, id: of the event.
        ms: its time, in milliseconds since 1970.
        sequence: its sequence.
        data: its data.
    """

    type: str
    source: str
    id: str
    ms: int
    sequence: int
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "Change":
        """The change that an accepted event makes."""
        return cls(event.type.name, event.source, event.id, event.instant_ms, event.sequence, event.data)

    @property
    def key(self) -> Key:
        """What identifies it in its workspace (contract, section 1)."""
        return (self.source, self.id, self.ms)

    @property
    def conversation(self) -> str:
        """The conversation whose status it changes; '' for none."""
        return str(self.data.get("conversation_id", "")) if self.type == MOVED else ""

    @property
    def status(self) -> str:
        """The pipeline status that it defines or deletes; '' for none."""
        return "" if self.type == MOVED else str(self.data["status_id"])


class Changes:
    """The changes of all workspaces. Used by several threads."""

    def __init__(self) -> None:
        """Nothing is on its way."""
        self._lock = threading.Lock()
        self._changes: dict[str, OrderedDict[Key, Change]] = defaultdict(OrderedDict)

    def add(self, workspace: str, change: Change) -> bool:
        """Remember a change; whether it is new. One that comes twice is the same."""
        with self._lock:
            of_workspace = self._changes[workspace]
            if change.key in of_workspace:
                return False
            of_workspace[change.key] = change
            if len(of_workspace) > _MOST:
                of_workspace.popitem(last=False)
                if len(of_workspace) == _MOST:
                    log.warning("answers lag behind more changes than are remembered", workspace=workspace, most=_MOST)
            return True

    def of(self, workspace: str) -> list[Change]:
        """What is on its way in a workspace, as it came."""
        with self._lock:
            return list(self._changes[workspace].values()) if workspace in self._changes else []

    def find(self, workspace: str, source: str, name: str) -> Change | None:
        """A change by its event's source and id, if it is on its way."""
        return next((item for item in self.of(workspace) if (item.source, item.id) == (source, name)), None)

    def drop(self, workspace: str, keys: Iterable[Key]) -> None:
        """Forget changes that the views have."""
        with self._lock:
            of_workspace = self._changes.get(workspace)
            for key in keys if of_workspace is not None else ():
                assert of_workspace is not None
                of_workspace.pop(key, None)
            if of_workspace is not None and not of_workspace:
                del self._changes[workspace]
