"""Other spellings of the same event: what a second producer or a proxy in between makes of its JSON.

Nothing that the contract calls part of the event changes: the order of keys, white space, escapes, the offset in
which the time is given, digits below the millisecond, attributes that are null.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from producers.simulator.dice import Dice

Event = dict[str, Any]
_OFFSETS = (420, 480, 540, -180, 330, 0)


def _reversed(event: Event) -> Event:
    return {
        name: _reversed(value) if isinstance(value, dict) else value for name, value in reversed(list(event.items()))
    }


def _other_time(time: str, dice: Dice) -> str:
    """The same millisecond with another offset, or with digits that the contract truncates."""
    if dice.chance(0.3):
        return f"{time.removesuffix('Z')}{dice.between(0, 999):03d}Z"
    moment = datetime.fromisoformat(time).astimezone(timezone(timedelta(minutes=dice.pick(_OFFSETS))))
    return moment.isoformat(timespec="milliseconds")


def _tight(event: Event) -> bytes:
    return msgspec.json.encode(event)


def _airy(event: Event) -> bytes:
    # Blanks and no line breaks, so that an event still fits on a line of a file.
    return json.dumps(event, ensure_ascii=False, separators=(" , ", "  : ")).encode() + b" \t"


def _escaped(event: Event) -> bytes:
    return json.dumps(event).encode()


_WRITERS: tuple[Callable[[Event], bytes], ...] = (_tight, _airy, _escaped)


def respell(value: bytes, dice: Dice) -> bytes:
    """Write an event's JSON differently, never as it was."""
    event: Event = msgspec.json.decode(value)
    event = _reversed(event) if dice.chance(0.5) else dict(sorted(event.items()))
    if dice.chance(0.6):
        event["time"] = _other_time(event["time"], dice)
    if dice.chance(0.2):
        event["subject"] = None
    return dice.pick(_WRITERS)(event)
