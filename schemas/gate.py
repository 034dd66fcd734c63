"""The gate: a fast check, generated from the pydantic models, that an event is good.

Pydantic needs about ten times as long as msgspec for the same check, and nearly all events are good. So each model's
msgspec twin is made here from the model's own fields; what the twin refuses, pydantic is asked about (it explains
every rejection, and knows a few odd but good spellings that the twin does not, such as "" for an absent object).
What the twin admits, pydantic must admit: `tests/unit/test_gate.py` holds the two against each other.
"""

import types
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

import annotated_types
import msgspec
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemas.catalogue import CATALOGUE, EventType
from schemas.data import Data
from schemas.envelope import Envelope, is_json_media_type, sequence_number
from schemas.event import Event
from schemas.instant import milliseconds
from schemas.syntax import may_hold_nul


def _demand_any(groups: tuple[tuple[str, ...], ...]) -> Callable[[Any], None]:
    def check(self: Any) -> None:
        for names in groups:
            if not any(getattr(self, name) for name in names):
                raise ValueError

    return check


def _limits(metadata: list[Any] | tuple[Any, ...]) -> dict[str, Any]:
    """Pydantic's constraints in msgspec's words. An unknown one is an error: the gate must not be laxer."""
    limits: dict[str, Any] = {}
    for item in metadata:
        if isinstance(item, FieldInfo):
            limits |= _limits(item.metadata)
        elif isinstance(item, annotated_types.MinLen):
            limits["min_length"] = item.min_length
        elif isinstance(item, annotated_types.MaxLen):
            limits["max_length"] = item.max_length
        elif isinstance(item, annotated_types.Ge):
            limits["ge"] = item.ge
        elif isinstance(item, annotated_types.Le):
            limits["le"] = item.le
        elif getattr(item, "pattern", None):
            # Python's $ also matches before a final line feed, pydantic's does not.
            limits["pattern"] = item.pattern.removesuffix("$") + r"\Z"
        elif type(item).__name__ not in {"AfterValidator", "BeforeValidator"}:
            raise TypeError(f"the gate cannot express {item!r}")
    return limits


def _twin_type(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        limits = _limits(metadata)
        return Annotated[_twin_type(inner), msgspec.Meta(**limits)] if limits else _twin_type(inner)
    if origin in (Union, types.UnionType):
        return Union[tuple(_twin_type(option) for option in get_args(annotation))]  # noqa: UP007 - built at run time
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _twin(annotation)
    return Any if annotation is object else annotation


@cache
def _twin(model: type[BaseModel], *, is_closed: bool = False) -> type[msgspec.Struct]:
    """The model's twin; a closed one refuses fields that the model does not know."""
    fields: list[Any] = []
    for name, field in model.model_fields.items():
        limits = _limits(field.metadata)
        twin = _twin_type(field.annotation)
        annotation = Annotated[twin, msgspec.Meta(**limits)] if limits else twin
        fields.append((name, annotation) if field.is_required() else (name, annotation, None))
    groups = model.require_any if issubclass(model, Data) else ()
    namespace = {"__post_init__": _demand_any(groups)} if groups else {}
    return msgspec.defstruct(model.__name__, fields, kw_only=True, namespace=namespace, forbid_unknown_fields=is_closed)


#: What msgspec skips it does not look at closely. So only an envelope without unknown attributes is read at once.
_read: Callable[[bytes], Any] = msgspec.json.Decoder(_twin(Envelope, is_closed=True)).decode
_OPEN_ENVELOPE: Any = _twin(Envelope)
#: Type name → its line in the catalogue and the twin of its `data`.
_GATES: dict[str, tuple[EventType, Any]] = {item.name: (item, _twin(item.model)) for item in CATALOGUE}


def admit(value: bytes) -> Event | None:
    """The event in a value within the bounds of `schemas.syntax`; None if that takes a closer look."""
    if may_hold_nul(value):
        return None
    try:
        return _event(_read(value))
    except (ValueError, RecursionError):
        return None


def admit_parsed(attributes: dict[str, Any]) -> Event | None:
    """The same of a parsed value, with extension attributes or without; None means: ask the models."""
    try:
        return _event(msgspec.convert(attributes, _OPEN_ENVELOPE))
    except ValueError:
        return None


def _event(envelope: Any) -> Event | None:
    gate = _GATES.get(envelope.type)
    if gate is None or not is_json_media_type(envelope.datacontenttype):
        return None
    event_type, twin = gate
    msgspec.convert(envelope.data, twin)
    instant_ms, sequence = milliseconds(envelope.time), sequence_number(envelope.sequence)
    return Event(event_type, envelope.workspaceid, envelope.source, envelope.id, envelope.data, instant_ms, sequence)
