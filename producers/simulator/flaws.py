"""What a flaw is: a change of a decoded event that makes the contract reject it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from producers.simulator.dice import Dice

Event = dict[str, Any]

Flaw = Callable[[Event, Dice], Event | list[Event] | bytes | None]
"""Changes the event it is given and returns it, or returns other JSON or bytes; None if it does not fit."""


def without(name: str) -> Flaw:
    """The attribute of that name is missing."""

    def flaw(event: Event, dice: Dice) -> Event:
        del event[name]
        return event

    return flaw


def with_value(name: str, value: object) -> Flaw:
    """The attribute of that name has a value it must not have."""

    def flaw(event: Event, dice: Dice) -> Event:
        event[name] = value
        return event

    return flaw


def data_with_value(name: str, value: object, *types: str) -> Flaw:
    """The field of that name in `data` has a value it must not have, in events of the given types."""

    def flaw(event: Event, dice: Dice) -> Event | None:
        if event["type"] not in types:
            return None
        event["data"][name] = value
        return event

    return flaw
