"""Values that are no JSON object at all, hold forbidden characters, or are too large."""

from __future__ import annotations

import json

import msgspec

from producers.simulator.dice import Dice
from producers.simulator.flaws import Event, Flaw
from schemas.constants import MAX_VALUE_BYTES


def _cut_off(event: Event, dice: Dice) -> bytes:
    value = msgspec.json.encode(event)
    return value[: dice.between(1, len(value) - 1)]


def _wrong_encoding(event: Event, dice: Dice) -> bytes:
    event["data"]["note"] = "café"
    return json.dumps(event, ensure_ascii=False).encode("utf-8").replace("é".encode(), b"\xe9")


def _python_repr(event: Event, dice: Dice) -> bytes:
    return repr(event).encode()


def _batch(event: Event, dice: Dice) -> list[Event]:
    return [event]


def _json_in_json(event: Event, dice: Dice) -> bytes:
    return msgspec.json.encode(msgspec.json.encode(event).decode())


def _trailing_comma(event: Event, dice: Dice) -> bytes:
    return msgspec.json.encode(event)[:-1] + b",}"


def _two_events(event: Event, dice: Dice) -> bytes:
    return msgspec.json.encode(event) * 2


def _nul(event: Event, dice: Dice) -> Event:
    event["data"]["note"] = "before\x00after"
    return event


def _lone_surrogate(event: Event, dice: Dice) -> bytes:
    event["data"]["note"] = "half an emoji: \ud83d"
    return json.dumps(event).encode()


def _too_large(event: Event, dice: Dice) -> Event:
    event["data"]["note"] = "x" * MAX_VALUE_BYTES
    return event


def _constant(value: bytes) -> Flaw:
    return lambda event, dice: value


VALUE_FLAWS: dict[str, Flaw] = {
    "an empty value": _constant(b""),
    "the JSON text null": _constant(b"null"),
    "a number": _constant(b"42"),
    "plain text": _constant(b"Halo kak, apakah masih ada?"),
    "a page of HTML": _constant(b"<html><body>502 Bad Gateway</body></html>"),
    "JSON cut off": _cut_off,
    "JSON with a trailing comma": _trailing_comma,
    "two events in one value": _two_events,
    "an array of events": _batch,
    "JSON inside a JSON string": _json_in_json,
    "a printed Python dictionary": _python_repr,
    "Latin-1 instead of UTF-8": _wrong_encoding,
    "a NUL in a string": _nul,
    "a lone surrogate in a string": _lone_surrogate,
}
"""Flaws of the value as a whole."""

HUGE: dict[str, Flaw] = {"a value over 1 MiB": _too_large}
"""Flaws that make a value large."""
