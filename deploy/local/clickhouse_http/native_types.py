"""How many bytes a column takes in ClickHouse's format Native, by its type: as much as is needed to step over it.

Layout of a column, after its name and type: the states that its LowCardinality parts begin with, eight bytes each, then
its values; nothing at all if the block has no rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from deploy.local.clickhouse_http.errors import ClickHouseError

Step = Callable[[bytes, int, int], int]
"""From the data, where a column's values begin and how many there are to where they end."""

# fmt: off
_SIZES = {
    "Nothing": 1, "Bool": 1, "UInt8": 1, "Int8": 1, "Enum8": 1, "UInt16": 2, "Int16": 2, "Enum16": 2, "Date": 2,
    "BFloat16": 2, "UInt32": 4, "Int32": 4, "Float32": 4, "Date32": 4, "DateTime": 4, "Time": 4, "IPv4": 4,
    "UInt64": 8, "Int64": 8, "Float64": 8, "DateTime64": 8, "Time64": 8, "UUID": 16, "IPv6": 16, "UInt128": 16,
    "Int128": 16, "UInt256": 32, "Int256": 32,
}
# fmt: on
_MEANING = {
    "Point": "Tuple(Float64, Float64)",
    "Ring": "Array(Tuple(Float64, Float64))",
    "LineString": "Array(Tuple(Float64, Float64))",
    "Polygon": "Array(Array(Tuple(Float64, Float64)))",
    "MultiLineString": "Array(Array(Tuple(Float64, Float64)))",
    "MultiPolygon": "Array(Array(Array(Tuple(Float64, Float64))))",
}
_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[(),]|[^'`(),]+")
_ELEMENT_NAME = re.compile(r"(?:[A-Za-z_]\w*|`(?:[^`\\]|\\.)*`) +(?=[A-Za-z])")
_DECIMAL_SIZES = ((9, 4), (18, 8), (38, 16), (76, 32))


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type: the bytes of its states, and how to step over its values."""

    states: int
    step: Step


@lru_cache(maxsize=4096)
def column_type(text: str) -> ColumnType:
    """The type that `text` names. Raises `ClickHouseError` for types whose length only the engine knows."""
    name, arguments = _parsed(_MEANING.get(text, text))
    if name in _SIZES:
        return _fixed(_SIZES[name])
    if name.startswith("Interval"):
        return _fixed(8)
    if name in _MAKERS:
        return _MAKERS[name](arguments)
    raise ClickHouseError(48, f"The embedded ClickHouse cannot send {text} to this client. Cast it to String")


def _parsed(text: str) -> tuple[str, list[str]]:
    """A type's name and its arguments."""
    name, _, arguments = text.partition("(")
    return name, list(_split(arguments.removesuffix(")")))


def _split(text: str) -> Iterator[str]:
    """Arguments, at the commas that are in no bracket and no quotes."""
    depth, part = 0, ""
    for piece in _TOKEN.findall(text):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += piece
    if part.strip():
        yield part.strip()


def _fixed(size: int) -> ColumnType:
    return ColumnType(0, lambda _, at, rows: at + size * rows)


def _strings(data: bytes, at: int, rows: int) -> int:
    for _ in range(rows):
        size = data[at]
        at += 1
        if size > 127:
            size &= 127
            shift = 7
            while True:
                byte = data[at]
                at += 1
                size |= (byte & 127) << shift
                if byte < 128:
                    break
                shift += 7
        at += size
    return at


def _nullable(arguments: list[str]) -> ColumnType:
    inner = column_type(arguments[0])
    return ColumnType(inner.states, lambda data, at, rows: inner.step(data, at + rows, rows))


def _array(arguments: list[str]) -> ColumnType:
    return _repeated(column_type(arguments[0]))


def _map(arguments: list[str]) -> ColumnType:
    return _repeated(_tuple(arguments))


def _nested(arguments: list[str]) -> ColumnType:
    return _repeated(_tuple(arguments))


def _repeated(inner: ColumnType) -> ColumnType:
    def step(data: bytes, at: int, rows: int) -> int:
        values = at + 8 * rows
        count = int.from_bytes(data[values - 8 : values], "little") if rows else 0
        return inner.step(data, values, count)

    return ColumnType(inner.states, step)


def _tuple(arguments: list[str]) -> ColumnType:
    if not arguments:
        return _fixed(1)
    elements = [column_type(_ELEMENT_NAME.sub("", argument, count=1)) for argument in arguments]

    def step(data: bytes, at: int, rows: int) -> int:
        for element in elements:
            at = element.step(data, at, rows)
        return at

    return ColumnType(sum(element.states for element in elements), step)


def _low_cardinality(arguments: list[str]) -> ColumnType:
    name, inner = _parsed(arguments[0])
    keys = column_type(inner[0] if name == "Nullable" else arguments[0])

    def step(data: bytes, at: int, rows: int) -> int:
        if rows == 0:
            return at
        width = 1 << data[at]
        at = keys.step(data, at + 16, int.from_bytes(data[at + 8 : at + 16], "little"))
        return at + 8 + width * rows

    return ColumnType(8, step)


_MAKERS: dict[str, Callable[[list[str]], ColumnType]] = {
    "String": lambda _: ColumnType(0, _strings),
    "FixedString": lambda arguments: _fixed(int(arguments[0])),
    "Decimal": lambda arguments: _fixed(next(size for most, size in _DECIMAL_SIZES if int(arguments[0]) <= most)),
    "SimpleAggregateFunction": lambda arguments: column_type(arguments[1]),
    "Nullable": _nullable,
    "Array": _array,
    "Map": _map,
    "Nested": _nested,
    "Tuple": _tuple,
    "LowCardinality": _low_cardinality,
}
