"""Setting a conversation's status: `pipeline.changed` (contract, section 2)."""

import asyncio
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool

from pages.answers.conversations import conversation
from pages.answers.now import now
from pages.clock import now_ms
from pages.desk import Desk
from pages.overlay.changes import MOVED, Change
from pages.problems import invalid
from pages.publishing.request import SOURCE, Write, event, reused, stale
from pages.times import milliseconds
from pages.writing.finding import stored_event
from projections.readers.conversations import Conversation


@dataclass(frozen=True)
class Wanted:
    """The status that a conversation is to hold.

    Attributes:
        status_id: a living status; None takes the conversation off the pipeline.
        expected: what it is to hold before; None for no status.
        is_expecting: whether that matters.
    """

    status_id: str | None
    expected: str | None = None
    is_expecting: bool = False


_locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


async def set_status(desk: Desk, write: Write, name: str, wanted: Wanted) -> tuple[Conversation, str | None]:
    """Move a conversation to a status.

    Arguments:
        desk: the desk.
        write: the request.
        name: the conversation.
        wanted: the status.

    Returns:
        The conversation behind it, and the id of the event; None for the latter where nothing had to change.

    Raises:
        ProblemError: 404 no such conversation, 422 no such living status or a key used otherwise, 409 it holds another
            status than expected, 503 Kafka or ClickHouse does not answer.
    """
    lock = _locks.setdefault((write.workspace, name), asyncio.Lock())
    async with lock:
        return await _set_status(desk, write, name, wanted)


async def _set_status(desk: Desk, write: Write, name: str, wanted: Wanted) -> tuple[Conversation, str | None]:
    held = await run_in_threadpool(conversation, desk, write.workspace, name)
    again = desk.remembered.events(write)
    if again is None:
        done = await run_in_threadpool(_earlier, desk, write, held, wanted)
        if done is not None:
            return held, done
        if wanted.is_expecting and wanted.expected != held["status_id"]:
            raise stale(wanted.expected, held["status_id"])
        await run_in_threadpool(_check, desk, write.workspace, wanted.status_id)
        if wanted.status_id == held["status_id"]:
            return held, None
        again = [event(write, MOVED, _data(write, held, wanted), _time(held))]
        desk.remembered.keep(write, again)
    for accepted in await desk.publisher.publish(again):
        change = Change.of(accepted)
        if desk.changes.add(write.workspace, change):
            desk.news.heard(write.workspace, change)
    return await run_in_threadpool(conversation, desk, write.workspace, name), str(again[0]["id"])


def _data(write: Write, held: Conversation, wanted: Wanted) -> dict[str, Any]:
    data = {
        "contact_id": held["contact_id"],
        "conversation_id": held["conversation_id"],
        "to_status_id": wanted.status_id,
        "changed_by": write.user.name,
    }
    return data if held["status_id"] is None else data | {"from_status_id": held["status_id"]}


def _time(held: Conversation) -> int:
    """Now, or just behind the last change where that is dated later: what a user does last is what counts."""
    changed = held["status_changed_at"]
    return max(now_ms(), milliseconds(changed) + 1) if changed else now_ms()


def _check(desk: Desk, workspace: str, status_id: str | None) -> None:
    if status_id is None:
        return
    with now(desk, workspace) as at:
        status = at.statuses.get(status_id)
        if status is None or not status.is_defined:
            raise invalid("status_id", f"no status {status_id!r} in this workspace")
        if status.is_deleted:
            raise invalid("status_id", f"the status {status.name!r} was deleted")


def _earlier(desk: Desk, write: Write, held: Conversation, wanted: Wanted) -> str | None:
    """The event of an earlier request under this key, which this or another process has appended; None for none."""
    if write.key is None:
        return None
    change = desk.changes.find(write.workspace, SOURCE, write.key)
    data = change.data if change else stored_event(desk, write.workspace, f"c{held['contact_id']}", write.key)
    if data is None:
        return None
    if (data.get("conversation_id"), data.get("to_status_id")) != (held["conversation_id"], wanted.status_id):
        raise reused()
    return write.key
