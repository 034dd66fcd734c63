"""Which event a dead letter was meant to be: its workspace, source and id, as far as its bytes still show.

Whoever repairs a record by hand keeps these three, so an event that is stored under them settles the letter. They are
read as leniently as can be, because the record is wrong somewhere: nothing else about it has to be right. What is no
text, empty, or longer than an event may have it cannot be what is stored, and then nothing is known.
"""

import json
from typing import Any

import msgspec

from processors.dead_letters.stored import StoredDeadLetter
from projections.stored_events import Asked

#: What Confluent's serializers put before the JSON: a zero and the schema's number.
_WIRE_FORMAT_BYTES = 5
#: Characters of `workspaceid`, `source` and `id` (contract, section 1).
_LIMITS = (128, 256, 256)
#: Of contacts and visitors.
_ID_LIMIT = 128


class _Told(msgspec.Struct):
    """What is looked at; all else is skipped unread."""

    workspaceid: Any = None
    source: Any = None
    id: Any = None
    data: Any = None


_quick = msgspec.json.Decoder(_Told)


def asked_of(letter: StoredDeadLetter) -> Asked | None:
    """What to look for among the stored events; None if the letter does not show which event it was meant to be."""
    told = _read(letter.value)
    if told is None:
        return None
    identity = [
        _text(value, limit) for value, limit in zip((told.workspaceid, told.source, told.id), _LIMITS, strict=True)
    ]
    if not all(identity):
        return None
    return Asked(identity[0], identity[1], identity[2], _entity(told.data))


def _read(value: bytes) -> _Told | None:
    try:
        return _quick.decode(value)
    except (ValueError, RecursionError):
        pass
    # Slower, and takes more: NaN, a byte order mark, UTF-16.
    for text in (value, value[_WIRE_FORMAT_BYTES:]):
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            return _Told(*(told.get(name) for name in _Told.__struct_fields__))
    return None


def _text(value: Any, limit: int) -> str:
    """A text as it could be stored; empty if it could not."""
    if not isinstance(value, str) or not 0 < len(value) <= limit or "\0" in value:
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        return ""
    return value


def _entity(data: Any) -> str:
    """Whose event it is, in the form of the column `entity`; empty if the letter does not show it."""
    if not isinstance(data, dict):
        return ""
    for name, letter in (("contact_id", "c"), ("visitor_id", "v")):
        if person := _text(data.get(name), _ID_LIMIT):
            return letter + person
    return ""
