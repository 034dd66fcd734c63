"""Validation as a user without Jejak's gate has it: pydantic's models, and nothing before them.

The record's value is parsed once, because its row is made of what was parsed, and the models are given the result.
(`model_validate_json` would parse it a second time.) What they refuse, or do not look for (a NUL in a field
that they do not know), Jejak's own validation explains.
"""

from typing import Any

import msgspec
from pydantic import ValidationError

from schemas.catalogue import BY_NAME
from schemas.constants import EARLIEST_MS, LATEST_MS, MAX_AHEAD_MS
from schemas.envelope import event_model, sequence_number
from schemas.event import Event
from schemas.instant import milliseconds
from schemas.validation import validate

_MODELS: dict[Any, Any] = {name: (item, event_model(item).model_validate) for name, item in BY_NAME.items()}

_decode = msgspec.json.Decoder().decode


def validate_by_models(value: bytes, *, topic: str | None = None, recorded_ms: int = -1) -> Event:
    """What `schemas.validation.validate` answers, found by the pydantic models alone.

    Arguments:
        value: the record's value.
        topic: the topic it came by, without the prefix.
        recorded_ms: the record's Kafka timestamp in milliseconds.

    Raises:
        RejectedError: it is no event.
    """
    if b"\\u0000" in value:
        return validate(value, topic=topic, recorded_ms=recorded_ms)
    try:
        attributes = _decode(value)
        event_type, check = _MODELS[attributes["type"]]
        event = check(attributes)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValidationError, KeyError, TypeError, RecursionError):
        return validate(value, topic=topic, recorded_ms=recorded_ms)
    instant_ms = milliseconds(event.time)
    latest = min(LATEST_MS, recorded_ms + MAX_AHEAD_MS) if recorded_ms >= 0 else LATEST_MS
    if topic not in (None, event_type.topic) or not EARLIEST_MS <= instant_ms <= latest:
        return validate(value, topic=topic, recorded_ms=recorded_ms)
    return Event.of(event_type, attributes, instant_ms, sequence_number(event.sequence))
