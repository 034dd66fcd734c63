"""The CloudEvents 1.0 envelope, as the contract narrows it (section 1), and one complete model per event type."""

import re
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model

from schemas.catalogue import EventType
from schemas.constants import MAX_INTEGER
from schemas.fields import DECIMAL_PATTERN, EventName, Id, OptionalText, absent_if_empty, whole
from schemas.instant import milliseconds

_MEDIA_TYPE = re.compile(r"application/json\s*+(;.*)?", re.ASCII | re.IGNORECASE | re.DOTALL)
_DECIMAL = re.compile(r"[0-9]+", re.ASCII)
#: No number of 63 bits has more digits, leading zeros aside; it bounds the work on a hostile one.
_MAX_DIGITS = 19


def sequence_number(value: int | str | None) -> int:
    """Read the `sequence` attribute (CloudEvents' sequence extension, narrowed by the contract).

    Arguments:
        value: a whole number, its decimal text, or None or "" if it is absent.

    Raises:
        ValueError: it is no whole number from 0 to 2⁶³−1.
    """
    if value is None or value == "":
        return 0
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value) or len(value.lstrip("0")) > _MAX_DIGITS:
            raise ValueError("not a whole number from 0 to 2^63-1")
        value = int(value.lstrip("0") or "0")
    if not 0 <= value <= MAX_INTEGER:
        raise ValueError("not a whole number from 0 to 2^63-1")
    return value


def is_json_media_type(value: str | None) -> bool:
    """Whether `datacontenttype` is absent or JSON, with or without parameters."""
    return not value or value == "application/json" or _MEDIA_TYPE.fullmatch(value) is not None


def _check_sequence(value: object) -> object:
    value = whole(value)
    if isinstance(value, bool) or not isinstance(value, int | str | None):
        raise ValueError("not a whole number from 0 to 2^63-1")
    sequence_number(value)
    return value


def _check_time(value: str) -> str:
    milliseconds(value)
    return value


def _check_media_type(value: str | None) -> str | None:
    if not is_json_media_type(value):
        raise ValueError("not application/json")
    return absent_if_empty(value)


def _refuse_binary(value: object) -> None:
    if value is not None:
        raise ValueError("binary data is not accepted; send JSON in data")


class Envelope(BaseModel):
    """The attributes that every event carries. Further extension attributes are accepted."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)

    specversion: Literal["1.0"]
    id: EventName
    source: EventName
    type: str
    time: Annotated[
        str, AfterValidator(_check_time), Field(json_schema_extra={"type": "string", "format": "date-time"})
    ]
    workspaceid: Id
    sequence: Annotated[
        Annotated[int, Field(ge=0, le=MAX_INTEGER)] | Annotated[str, Field(pattern=DECIMAL_PATTERN)] | None,
        BeforeValidator(_check_sequence),
    ] = None
    datacontenttype: Annotated[OptionalText, AfterValidator(_check_media_type)] = None
    data_base64: Annotated[None, BeforeValidator(_refuse_binary)] = None
    data: dict[str, Any]


@cache
def event_model(event_type: EventType) -> type[Envelope]:
    """The complete model of one type's events: its `type` fixed, its `data` typed."""
    words = re.split(r"[._]", event_type.name)
    return create_model(
        "".join(word.capitalize() for word in words),
        __base__=Envelope,
        __doc__=event_type.model.__doc__,
        type=(Literal[event_type.name], ...),  # type: ignore[arg-type] # a Literal made at run time
        data=(event_type.model, ...),
    )
