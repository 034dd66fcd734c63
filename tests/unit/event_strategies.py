"""Hypothesis strategies: events of every type drawn from the exported schemas, then mutated; and RFC 3339 instants."""

import copy
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from schemas.catalogue import CATALOGUE
from schemas.json_schema import json_schema

Json = dict[str, Any]
Strategy = st.SearchStrategy[Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_TEXT = st.text(_CHARACTERS, max_size=12)
_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False, width=32) | _TEXT
)
JSON_VALUES: Strategy = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3), max_leaves=6
)
_ODD_VALUES: tuple[Any, ...] = (
    *("", " ", "\0", "0", "-1", "7", "1.0", "+6281322233344", "+6281322233344\n", "#2E7D32", "#2E7D32\n", "٣"),
    *("x" * 128, "x" * 129, "x" * 256, "x" * 257, "🫘" * 128, "🫘" * 129, "human", "contact", "expired"),
    *("application/json", "application/json;a", "application/json\n", "APPLICATION/JSON ; a", "application/jſon"),
    *("2025-03-14T09:26:53Z", "2025-03-14T09:26:53z\n", "2025-03-14 09:26:53Z", "2025-02-30T00:00:00Z"),
    *(0, 1, -1, 1.0, 1.5, 2**63 - 1, 2**63, 2**64, 10**40, True, False, None),
    *([], {}, [""], {"source_id": "1"}, {"source_id": 1}, {"source_url": ""}),
)


@st.composite
def instants(draw: st.DrawFn) -> tuple[str, datetime]:
    """An RFC 3339 text of milliseconds, and the instant it means."""
    moment = draw(st.datetimes(datetime(2000, 1, 2), datetime(2299, 12, 30))).replace(tzinfo=UTC)
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return spell(moment, draw(st.integers(-1439, 1439)), f"{moment.microsecond // 1000:03d}"), moment


def spell(moment: datetime, offset_minutes: int, fraction: str) -> str:
    """Write a moment in RFC 3339 at an offset."""
    local = moment + timedelta(minutes=offset_minutes)
    sign = "-" if offset_minutes < 0 else "+"
    hours, minutes = divmod(abs(offset_minutes), 60)
    whole = local.replace(microsecond=0, tzinfo=None).isoformat()
    return f"{whole}{'.' if fraction else ''}{fraction}{sign}{hours:02d}:{minutes:02d}"


def in_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, by the standard library."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _from_schema(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Strategy:
    if "$ref" in schema:
        return _from_schema(root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root)
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    kinds = schema.get("type")
    if kinds == "object":
        return _object(schema, root)
    if "anyOf" in schema:
        return st.one_of([_from_schema(option, root) for option in schema["anyOf"]])
    if isinstance(kinds, list):
        return st.one_of([_from_schema({**schema, "type": kind}, root) for kind in kinds])
    return _scalar(kinds, schema)


def _scalar(kind: str | None, schema: Mapping[str, Any]) -> Strategy:
    if kind is None:
        return JSON_VALUES
    if kind == "null":
        return st.none()
    if kind == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if schema.get("format") == "date-time":
        return instants().map(lambda pair: pair[0])
    if "pattern" in schema:
        # 18 digits are always below 2⁶³, which the pattern of `sequence` cannot say.
        return st.from_regex(schema["pattern"], fullmatch=True).filter(
            lambda text: not text.endswith("\n") and "\0" not in text and (len(text) < 19 or not text.isdecimal())
        )
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 300)
    return st.text(_CHARACTERS, min_size=shortest, max_size=12) | st.sampled_from(["x" * longest, "🫘" * longest])


def _object(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Strategy:
    if "anyOf" in schema:
        plain = {key: value for key, value in schema.items() if key != "anyOf"}
        return st.one_of([_object(_with_branch(plain, branch), root) for branch in schema["anyOf"]])
    fields = {name: _from_schema(entry, root) for name, entry in schema["properties"].items()}
    required = {name: fields.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional=fields)


def _with_branch(schema: Json, branch: Mapping[str, Any]) -> Json:
    properties = dict(schema["properties"])
    for name, entry in branch["properties"].items():
        properties[name] = properties[name] | entry
    return {**schema, "properties": properties, "required": [*schema.get("required", ()), *branch["required"]]}


_BY_TYPE = {item.name: _from_schema(json_schema(item), json_schema(item)) for item in CATALOGUE}

#: Good events of every type.
EVENTS: Strategy = st.sampled_from(sorted(_BY_TYPE)).flatmap(_BY_TYPE.__getitem__)


def _places(node: Json) -> Iterator[tuple[Json, str]]:
    for name, value in node.items():
        yield node, name
        if isinstance(value, dict):
            yield from _places(value)


@st.composite
def mutated_events(draw: st.DrawFn) -> Json:
    """Events with up to three fields dropped, replaced, given another type, or added."""
    event: Json = copy.deepcopy(draw(EVENTS))
    for _ in range(draw(st.integers(1, 3))):
        places = [place for place in _places(event) if place[1] != "type"]
        node, name = draw(st.sampled_from(places))
        change = draw(st.sampled_from(["drop", "odd", "any", "retype", "lengthen", "add"]))
        if change == "drop":
            del node[name]
        elif change == "odd":
            node[name] = copy.deepcopy(draw(st.sampled_from(_ODD_VALUES)))
        elif change == "add":
            node.setdefault(draw(_TEXT), draw(JSON_VALUES))
        elif change == "any":
            node[name] = draw(JSON_VALUES)
        else:
            node[name] = str(node[name]) if change == "retype" else f"{node[name]}\n"
    return event
