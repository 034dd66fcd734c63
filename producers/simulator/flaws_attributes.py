"""Events whose CloudEvents attributes break the contract's section 1."""

from __future__ import annotations

from producers.simulator.dice import Dice
from producers.simulator.flaws import Event, Flaw, with_value, without


def _no_offset(event: Event, dice: Dice) -> Event:
    event["time"] = event["time"][:19]
    return event


def _date_only(event: Event, dice: Dice) -> Event:
    event["time"] = event["time"][:10]
    return event


def _binary(event: Event, dice: Dice) -> Event:
    event["data_base64"] = "eyJjb250YWN0X2lkIjoiY3RfMSJ9"
    return event


def _data_as_text(event: Event, dice: Dice) -> Event:
    event["data"] = "contact_id=ct_1"
    return event


_REQUIRED = ("specversion", "id", "source", "type", "time", "workspaceid", "data")

ATTRIBUTE_FLAWS: dict[str, Flaw] = {
    **{f"no {name}": without(name) for name in _REQUIRED},
    **{f"{name} is null": with_value(name, None) for name in _REQUIRED},
    "an older specversion": with_value("specversion", "0.3"),
    "specversion as a number": with_value("specversion", 1.0),
    "an empty id": with_value("id", ""),
    "an id of 257 characters": with_value("id", "w" * 257),
    "an id as a number": with_value("id", 1234567890),
    "an empty source": with_value("source", ""),
    "a source of 257 characters": with_value("source", "/" * 257),
    "an unknown type": with_value("type", "message.deleted"),
    "a type in capitals": with_value("type", "MESSAGE.INCOMING"),
    "a type that is a list": with_value("type", ["message.incoming"]),
    "time without offset": _no_offset,
    "a date for a time": _date_only,
    "time as a number": with_value("time", 1_763_700_000_123),
    "time in words": with_value("time", "kemarin sore"),
    "a day that does not exist": with_value("time", "2025-02-30T08:00:00Z"),
    "a minute that does not exist": with_value("time", "2025-02-03T08:61:00Z"),
    "time before 2000": with_value("time", "1999-12-31T23:59:59.999Z"),
    "time at the epoch": with_value("time", "1970-01-01T00:00:00Z"),
    "time far ahead": with_value("time", "9999-12-31T23:59:59Z"),
    "an empty workspaceid": with_value("workspaceid", ""),
    "a workspaceid of 129 characters": with_value("workspaceid", "w" * 129),
    "a workspaceid as a number": with_value("workspaceid", 7),
    "a negative sequence": with_value("sequence", -1),
    "a sequence of 2^63": with_value("sequence", 1 << 63),
    "a sequence that is a fraction": with_value("sequence", 1.5),
    "a sequence in words": with_value("sequence", "first"),
    "a sequence that is a flag": with_value("sequence", True),
    "datacontenttype XML": with_value("datacontenttype", "application/xml"),
    "data as text": _data_as_text,
    "data as a list": with_value("data", []),
    "data_base64": _binary,
}
"""Flaws of the envelope."""
