"""Managing the pipeline: `pipeline_status.defined` and `.deleted` (contract, section 2).

A definition is the full state of a status each time, so an edit repeats what it does not change.
"""

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool

from pages.answers.now import now
from pages.answers.pipeline import living, status_model
from pages.clock import now_ms
from pages.desk import Desk
from pages.models.pipeline import Order, Status, WrittenStatus
from pages.overlay.changes import DEFINED, DELETED, Change
from pages.overlay.pending import StatusNow
from pages.problems import conflict, invalid, not_found
from pages.publishing.request import SOURCE, Write, event, reused
from pages.writing.finding import stored_event

_ORDER_MS_BITS = 192
_lock = asyncio.Lock()

Known = dict[str, StatusNow]


async def add(desk: Desk, write: Write, name: str, color: str) -> WrittenStatus:
    """Add a status behind the others.

    Raises:
        ProblemError: 409 a living status has that name, 422 a key used otherwise, 503 Kafka or ClickHouse is away.
    """
    async with _lock:
        known = await _known(desk, write.workspace)
        if (done := await _done(desk, write, known)) is not None:
            return done
        _check_name(known, name)
        last = max((item.position for item in known.values() if item.lives), default=-1)
        status_id = _new_id(write)
        data = {"status_id": status_id, "name": name, "color": color, "position": last + 1}
        return await _append(desk, write, known, DEFINED, data)


async def edit(desk: Desk, write: Write, status_id: str, name: str | None, color: str | None) -> WrittenStatus:
    """Rename or recolour a status.

    Arguments:
        desk: the desk.
        write: the request.
        status_id: which.
        name, color: what is new; None for what stays.

    Raises:
        ProblemError: 404 no such living status, 409 another one has that name, 422 a key used otherwise, 503 away.
    """
    async with _lock:
        known = await _known(desk, write.workspace)
        if (done := await _done(desk, write, known)) is not None:
            return done
        status = _living(known, status_id)
        if name is not None:
            _check_name(known, name, besides=status_id)
        data = {
            "status_id": status_id,
            "name": status.name if name is None else name,
            "color": status.color if color is None else color,
            "position": status.position,
        }
        if (data["name"], data["color"]) == (status.name, status.color):
            return WrittenStatus(**status_model(status).model_dump(), event_id=None)
        return await _append(desk, write, known, DEFINED, data)


async def delete(desk: Desk, write: Write, status_id: str) -> WrittenStatus:
    """Delete a status. Conversations keep it until they are moved.

    Raises:
        ProblemError: 404 no such living status, 422 a key used otherwise, 503 Kafka or ClickHouse is away.
    """
    async with _lock:
        known = await _known(desk, write.workspace)
        if (done := await _done(desk, write, known)) is not None:
            return done
        _living(known, status_id)
        return await _append(desk, write, known, DELETED, {"status_id": status_id})


async def reorder(desk: Desk, write: Write, status_ids: Sequence[str]) -> Order:
    """Put the living statuses in an order. Those whose place stays get no event.

    Raises:
        ProblemError: 422 not every living status is named once, or a key used otherwise, 503 Kafka or ClickHouse is
            away.
    """
    async with _lock:
        known = await _known(desk, write.workspace)
        alive = {item.status_id for item in known.values() if item.lives}
        if sorted(status_ids) != sorted(alive):
            raise invalid("status_ids", "names every living status once, and no other")
        events = desk.remembered.events(write)
        if events is None:
            moved = [(place, known[name]) for place, name in enumerate(status_ids) if known[name].position != place]
            events = [
                event(write, DEFINED, _moved(status, place), _time(status), number)
                for number, (place, status) in enumerate(moved)
            ]
            desk.remembered.keep(write, events)
        await _publish(desk, write, events)
        ids = [str(item["id"]) for item in events]
        statuses = living(await _known(desk, write.workspace))
        return Order(statuses=statuses, event_id=ids[0] if ids else None, event_ids=ids)


def _new_id(write: Write) -> str:
    """The id of a new status: of the key where there is one, so that a retry adds no second one."""
    if write.key is None:
        return str(uuid.uuid4())
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{SOURCE}/{write.workspace}/{write.key}"))


def _moved(status: StatusNow, place: int) -> dict[str, Any]:
    return {"status_id": status.status_id, "name": status.name, "color": status.color, "position": place}


async def _known(desk: Desk, workspace: str) -> Known:
    def ask() -> Known:
        with now(desk, workspace) as at:
            return at.statuses

    return await run_in_threadpool(ask)


async def _append(desk: Desk, write: Write, known: Known, kind: str, data: dict[str, Any]) -> WrittenStatus:
    before = known.get(data["status_id"], StatusNow(data["status_id"]))
    events = [event(write, kind, data, _time(before))]
    desk.remembered.keep(write, events)
    return await _publish_one(desk, write, events)


async def _publish_one(desk: Desk, write: Write, events: list[dict[str, Any]]) -> WrittenStatus:
    await _publish(desk, write, events)
    status_id = events[0]["data"]["status_id"]
    after: Status = status_model((await _known(desk, write.workspace))[status_id])
    return WrittenStatus(**after.model_dump(), event_id=str(events[0]["id"]))


async def _publish(desk: Desk, write: Write, events: list[dict[str, Any]]) -> None:
    for accepted in await desk.publisher.publish(events) if events else ():
        change = Change.of(accepted)
        if desk.changes.add(write.workspace, change):
            desk.news.heard(write.workspace, change)


async def _done(desk: Desk, write: Write, known: Known) -> WrittenStatus | None:
    """What an earlier request under the same key has left behind, tried again where it may have failed."""
    if (events := desk.remembered.events(write)) is not None:
        return await _publish_one(desk, write, events)
    if write.key is None:
        return None
    change = desk.changes.find(write.workspace, SOURCE, write.key)
    data = change.data if change else await run_in_threadpool(stored_event, desk, write.workspace, "s", write.key)
    if data is None:
        return None
    if not _agrees(write.body, data) or data["status_id"] not in known:
        raise reused()
    return WrittenStatus(**status_model(known[data["status_id"]]).model_dump(), event_id=write.key)


def _agrees(body: Any, data: dict[str, Any]) -> bool:
    """Whether an event is what a request asks for, as far as that can be seen from it."""
    return all(data.get(name, value) == value for name, value in body.items())


def _time(status: StatusNow) -> int:
    """Now, or just behind what is known of the status where that is dated later."""
    last = max(status.defined_order, status.deleted_order) >> _ORDER_MS_BITS
    return max(now_ms(), last + 1)


def _living(known: Known, status_id: str) -> StatusNow:
    status = known.get(status_id)
    if status is None or not status.lives:
        raise not_found(f"no status {status_id!r}")
    return status


def _check_name(known: Known, name: str, besides: str | None = None) -> None:
    for item in known.values():
        if item.lives and item.status_id != besides and item.name.casefold() == name.casefold():
            raise conflict(f"another status is called {item.name!r}", "name")
