"""Validation: a record's value becomes an event, or a rejection that names the field (contract, section 4).

The same function stands behind the worker, `jejak produce` and the importer's tests, so there is one answer to
"is this an event?".
"""

from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.catalogue import BY_NAME
from schemas.constants import EARLIEST_MS, LATEST_MS, MAX_AHEAD_MS
from schemas.envelope import event_model, sequence_number
from schemas.event import Event
from schemas.gate import admit, admit_parsed
from schemas.instant import iso, milliseconds
from schemas.rejection import Reason, RejectedError
from schemas.syntax import check_bounds, parse
from schemas.words import did_you_mean


def validate(value: bytes, *, topic: str | None = None, recorded_ms: int = -1) -> Event:
    """Check one record's value by the contract.

    Arguments:
        value: the record's value.
        topic: the topic it came from, without the prefix; None if it is not in a topic yet.
        recorded_ms: the record's Kafka timestamp in milliseconds; negative where it has none.

    Raises:
        RejectedError: it is no event; the message names the field.
    """
    check_bounds(value)
    event = admit(value) or _look_closer(value)
    if topic is not None and topic != event.type.topic:
        raise RejectedError(
            Reason.WRONG_TOPIC, f"type: {event.type.name} belongs in topic {event.type.topic}, not in {topic}"
        )
    _check_instant(event.instant_ms, recorded_ms)
    return event


def _look_closer(value: bytes) -> Event:
    """What the gate did not accept directly: an event with extension attributes or an odd spelling, or no event."""
    attributes = parse(value)
    return admit_parsed(attributes) or _ask_models(attributes)


def _ask_models(attributes: dict[str, Any]) -> Event:
    """What the models admit; else their reason."""
    name = attributes.get("type")
    if not isinstance(name, str):
        raise RejectedError(Reason.NOT_CLOUDEVENT, "type: Field required" if name is None else "type: not a string")
    event_type = BY_NAME.get(name)
    if event_type is None:
        raise RejectedError(Reason.UNKNOWN_TYPE, f"type: {_unknown(name[:128])}")
    try:
        event = event_model(event_type).model_validate(attributes)
    except ValidationError as error:
        raise _as_rejection(error) from None
    told = attributes | {"data": _with_whole_numbers(attributes["data"], event.data)}
    return Event.of(event_type, told, milliseconds(event.time), sequence_number(event.sequence))


def _with_whole_numbers(given: dict[str, Any], read: Any) -> dict[str, Any]:
    """`data` with 1 for 1.0 if the model has a whole number: the same event is the same row, however written."""
    numbers = {name: getattr(read, name) for name in type(read).model_fields if isinstance(given.get(name), float)}
    return given | {name: value for name, value in numbers.items() if isinstance(value, int)}


@lru_cache(maxsize=1024)
def _unknown(name: str) -> str:
    """What to say of a type that does not exist."""
    return f"unknown event type {name!r}{did_you_mean(name, BY_NAME)}"


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
            f"time: more than {MAX_AHEAD_MS // 60_000} minutes after the record's own time, {iso(recorded_ms)}",
        )
