"""Validation: a record's value becomes an event, or a rejection that names the field (contract, section 4).

The same function stands behind the worker, `jejak produce` and the importer's tests, so there is one answer to
"is this an event?".
"""

import json
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NoReturn

import msgspec
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.catalogue import BY_NAME, EventType
from schemas.envelope import event_model, is_json_media_type, sequence_number
from schemas.gate import GATES
from schemas.instant import iso, milliseconds
from schemas.rejection import Reason, RejectedError

MAX_VALUE_BYTES = 1_048_576
#: 2000-01-01T00:00:00Z; the contract takes nothing older.
EARLIEST_MS = 946_684_800_000
#: 2299-12-31T23:59:59.999Z, the last instant that ClickHouse's DateTime64 holds.
LATEST_MS = 10_413_791_999_999
#: How far a producer's clock may run ahead of the record's Kafka timestamp.
MAX_AHEAD_MS = 10 * 60 * 1000
#: RFC 8259, section 9, lets a parser limit the depth. ClickHouse's JSON functions end near 1,000, Python's earlier.
MAX_DEPTH = 200
#: Names come from the input; a message quotes no more of them than this.
_MAX_PATH = 200
_FORBIDDEN = re.compile("[\0\ud800-\udfff]")
_IN_NAME = " (a name in it)"
#: A string of JSON, or what would be one if it had an end. Possessive: nothing is ever tried twice.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?+', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
#: What a bracket does to the depth.
_DEEPER = {byte: 1 if byte in b"[{" else -1 for byte in b"[{]}"}

_decode = msgspec.json.Decoder().decode


@dataclass(slots=True)
class Event:
    """An accepted event.

    Attributes:
        type: its line in the catalogue.
        attributes: the whole event as it was parsed, `data` included.
        instant_ms: `time` in milliseconds since 1970.
        sequence: `sequence`, 0 where absent.
    """

    type: EventType
    attributes: dict[str, Any]
    instant_ms: int
    sequence: int


def validate(value: bytes, *, topic: str | None = None, recorded_ms: int = -1) -> Event:
    """Check one record's value by the contract.

    Arguments:
        value: the record's value.
        topic: the topic it came by, without the prefix; None where it is not in one yet.
        recorded_ms: the record's Kafka timestamp in milliseconds; negative where it has none.

    Raises:
        RejectedError: it is no event; the message names the field.
    """
    attributes = _parse(value)
    event_type, instant_ms, sequence = _check_gate(attributes) or _check_models(attributes)
    if topic is not None and topic != event_type.topic:
        raise RejectedError(
            Reason.WRONG_TOPIC, f"type: {event_type.name} belongs in topic {event_type.topic}, not in {topic}"
        )
    _check_instant(instant_ms, recorded_ms)
    return Event(event_type, attributes, instant_ms, sequence)


def _parse(value: bytes) -> dict[str, Any]:
    if len(value) > MAX_VALUE_BYTES:
        raise RejectedError(Reason.TOO_LARGE, f"value: {len(value)} bytes, at most {MAX_VALUE_BYTES} are taken")
    if value.count(b"{") + value.count(b"[") > MAX_DEPTH and _is_too_deep(value):
        raise RejectedError(Reason.NOT_JSON, f"value: nested deeper than {MAX_DEPTH} levels")
    try:
        attributes = _decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        _explain_syntax(value, error)
    if not isinstance(attributes, dict):
        raise RejectedError(Reason.NOT_CLOUDEVENT, "value: not a JSON object")
    if b"\\" in value and b"\\u0000" in value:
        _refuse_forbidden_characters(attributes)
    return attributes


def _is_too_deep(value: bytes) -> bool:
    """Whether brackets outside strings nest too deep. Only asked of the few values with so many brackets."""
    brackets = _STRING.sub(b"", value).translate(None, delete=_NO_BRACKETS)
    depths = accumulate(map(_DEEPER.__getitem__, brackets))
    return next(filter(MAX_DEPTH.__lt__, depths), None) is not None


def _explain_syntax(value: bytes, error: Exception) -> NoReturn:
    """Say why the parser refused: a lone surrogate by its field, everything else in the parser's words."""
    if not value.strip():
        raise RejectedError(Reason.NOT_JSON, "value: empty") from None
    try:
        value.decode()
    except UnicodeDecodeError as problem:
        raise RejectedError(Reason.NOT_UTF8, f"value: not UTF-8: {problem.reason} at byte {problem.start}") from None
    try:
        loose = json.loads(value)
    except (ValueError, RecursionError) as problem:
        raise RejectedError(Reason.NOT_JSON, f"value: not JSON: {problem}") from None
    _refuse_forbidden_characters(loose)
    raise RejectedError(Reason.NOT_JSON, f"value: not JSON: {error}") from None


def _refuse_forbidden_characters(node: Any) -> None:
    """Raise if a string anywhere holds NUL or a lone surrogate (contract, section 1)."""
    if found := _forbidden(node):
        character, steps = found
        path = "".join(reversed(steps)).removeprefix(".")
        if not path or path == _IN_NAME:
            path = f"value{path}"
        what = "NUL" if character == "\0" else "a lone surrogate"
        raise RejectedError(Reason.NOT_CLOUDEVENT, f"{path[-_MAX_PATH:]}: holds {what}")


def _forbidden(node: Any) -> tuple[str, list[str]] | None:
    """The first such character and the way to it, backwards.

    The way is put together on the way back: names can be long and deep, and a path for every string on the way there
    would cost their product.
    """
    if isinstance(node, str):
        found = _FORBIDDEN.search(node)
        return (found[0], []) if found else None
    if isinstance(node, dict):
        for key, item in node.items():
            if found := _FORBIDDEN.search(key):
                return found[0], [_IN_NAME]
            if inner := _forbidden(item):
                inner[1].append(f".{key}")
                return inner
    elif isinstance(node, list):
        for index, item in enumerate(node):
            if inner := _forbidden(item):
                inner[1].append(f"[{index}]")
                return inner
    return None


def _check_gate(attributes: dict[str, Any]) -> tuple[EventType, int, int] | None:
    """What the gate admits: type, instant and sequence. None means: ask the models."""
    name = attributes.get("type")
    gate = GATES.get(name) if isinstance(name, str) else None
    if gate is None:
        return None
    try:
        event = msgspec.convert(attributes, gate)
        if event.datacontenttype is not None and not is_json_media_type(event.datacontenttype):
            return None
        sequence = 0 if event.sequence is None else sequence_number(event.sequence)
        return BY_NAME[event.type], milliseconds(event.time), sequence
    except ValueError:
        return None


def _check_models(attributes: dict[str, Any]) -> tuple[EventType, int, int]:
    """What the models admit; else their reason."""
    name = attributes.get("type")
    if not isinstance(name, str):
        raise RejectedError(Reason.NOT_CLOUDEVENT, "type: Field required" if name is None else "type: not a string")
    event_type = BY_NAME.get(name)
    if event_type is None:
        raise RejectedError(Reason.UNKNOWN_TYPE, f"type: unknown event type {name[:128]!r}")
    try:
        event = event_model(event_type).model_validate(attributes)
    except ValidationError as error:
        raise _as_rejection(error) from None
    return event_type, milliseconds(event.time), sequence_number(event.sequence)


def _as_rejection(error: ValidationError) -> RejectedError:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    messages = [f"{_path(problem['loc'])}: {_what(problem)}" for problem in problems]
    in_data = all(
        problem["loc"][:1] == ("data",) and (len(problem["loc"]) > 1 or problem["type"] == "value_error")
        for problem in problems
    )
    return RejectedError(Reason.INVALID_DATA if in_data else Reason.NOT_CLOUDEVENT, "; ".join(messages))


def _what(problem: ErrorDetails) -> str:
    """Pydantic's words, but for those that speak of Python."""
    if problem["type"] in ("model_type", "model_attributes_type", "dict_type"):
        return "Input should be an object"
    return problem["msg"].removeprefix("Value error, ")


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "value"


def _check_instant(instant_ms: int, recorded_ms: int) -> None:
    if instant_ms < EARLIEST_MS:
        raise RejectedError(Reason.TIME_OUT_OF_RANGE, "time: before 2000-01-01T00:00:00Z")
    if instant_ms > LATEST_MS:
        raise RejectedError(Reason.TIME_OUT_OF_RANGE, "time: after 2299-12-31T23:59:59.999Z, which cannot be stored")
    if 0 <= recorded_ms < instant_ms - MAX_AHEAD_MS:
        raise RejectedError(
            Reason.TIME_OUT_OF_RANGE,
            f"time: more than 10 minutes after the record's own time, {iso(recorded_ms)}",
        )
