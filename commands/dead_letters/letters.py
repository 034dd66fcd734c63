"""Dead letters and their marks in words and in JSON."""

import base64
from typing import Any

from commands.terminal.instants import instant
from commands.terminal.output import local_time, one_row, plain
from processors.dead_letters.marks import AnyMark, Mark
from processors.dead_letters.stored import StoredDeadLetter


def time_of(milliseconds: int) -> str:
    """A Kafka timestamp for people."""
    return local_time(instant(milliseconds)) or "–"


def origin(letter: StoredDeadLetter) -> str:
    """The rejected record's place: topic, partition and offset; ? for what the letter does not name."""
    reasons = letter.reasons
    return f"{reasons.get('topic', '?')}[{reasons.get('partition', '?')}]@{reasons.get('offset', '?')}"


def text(value: bytes) -> str:
    """Bytes as text; those that are not UTF-8 as their escapes."""
    return value.decode(errors="backslashreplace")


def header_name(name: str) -> str:
    """A header's name; bytes in it that are not UTF-8 as their escapes."""
    return text(name.encode(errors="surrogateescape"))


def settled(mark: AnyMark) -> str:
    """How a letter was settled, for people."""
    at = time_of(mark.at_ms)
    if isinstance(mark, Mark):
        return f"replayed: {at}, to {one_row(f'{mark.topic}[{mark.partition}]@{mark.offset}')}"
    return f"dismissed: {at}, {one_row(mark.why)}"


def as_json(letter: StoredDeadLetter) -> dict[str, Any]:
    """A letter for machines, its bytes as text."""
    return {
        "id": letter.id,
        "rejected_at": instant(letter.timestamp_ms),
        **{name.replace(".", "_"): reason for name, reason in letter.reasons.items()},
        "state": letter.state.value,
        "replayed": letter.replayed,
        "dismissed": letter.dismissed,
        "repaired": letter.repaired,
        "copies": letter.copies,
        "key": None if letter.key is None else text(letter.key),
        "value": text(letter.value),
        "value_lost_bytes": letter.lost_bytes,
        "headers": [[header_name(name), None if value is None else text(value)] for name, value in letter.headers],
    }


def in_base64(letter: StoredDeadLetter) -> dict[str, Any]:
    """The bytes of a letter exactly, which text cannot always give."""
    return {
        "key_base64": _base64(letter.key),
        "value_base64": _base64(letter.value),
        "headers_base64": [[header_name(name), _base64(value)] for name, value in letter.headers],
    }


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def mark_as_json(mark: AnyMark) -> dict[str, Any]:
    """A mark for machines."""
    at = plain(instant(mark.at_ms))
    if isinstance(mark, Mark):
        return {"replayed_at": at, "topic": mark.topic, "partition": mark.partition, "offset": mark.offset}
    return {"dismissed_at": at, "why": mark.why}
