"""Syntax: bytes become a JSON object that Jejak can hold, or a rejection that says why not (contract, section 1).

JSON allows more than the databases and languages behind it can take: NUL, lone surrogates, any size, any depth. What
cannot be stored is refused here, by name, before its meaning is checked.
"""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NoReturn

import msgspec

from schemas.constants import MAX_VALUE_BYTES
from schemas.rejection import Reason, RejectedError
from schemas.strangers import foreign, not_an_object, several

#: RFC 8259, section 9, lets a parser limit the depth. ClickHouse's JSON functions end near 1,000, Python's earlier.
MAX_DEPTH = 200
#: Names come from the input; a message quotes no more of them than this.
_MAX_PATH = 200
_FORBIDDEN = re.compile("[\0\ud800-\udfff]")
_IN_NAME = " (a name in it)"
#: More digits than Python reads into an int, or than any number has that somebody counts by.
_MAX_DIGITS = 4300
#: A string of JSON, or what would be one if it had an end. Possessive: nothing is ever tried twice.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?+', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
#: What a bracket does to the depth.
_DEEPER = {byte: 1 if byte in b"[{" else -1 for byte in b"[{]}"}

#: The kind of a rejection, and what is wrong with a node.
Problem = tuple[Reason, str]

_decode = msgspec.json.Decoder().decode


def check_bounds(value: bytes) -> None:
    """Refuse what is too large or too deep to be parsed.

    Raises:
        RejectedError: it is.
    """
    if len(value) > MAX_VALUE_BYTES:
        raise RejectedError(Reason.TOO_LARGE, f"value: {len(value)} bytes, at most {MAX_VALUE_BYTES} are taken")
    # Most values have no array, and to find none is much faster than to count none.
    brackets = value.count(b"{") + (value.count(b"[") if b"[" in value else 0)
    if brackets > MAX_DEPTH and _is_too_deep(value):
        raise RejectedError(Reason.NOT_JSON, f"value: nested deeper than {MAX_DEPTH} levels")


def may_hold_nul(value: bytes) -> bool:
    """Whether a string in it may hold NUL, which only an escape can produce; `parse` decides."""
    return b"\\" in value and b"\\u0000" in value


def parse(value: bytes) -> dict[str, Any]:
    """Parse a value within the bounds.

    Raises:
        RejectedError: it is no JSON object, or holds a character that cannot be stored.
    """
    try:
        attributes = _decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        _explain(value, error)
    if not isinstance(attributes, dict):
        raise RejectedError(Reason.NOT_CLOUDEVENT, f"value: {not_an_object(attributes)}")
    if may_hold_nul(value):
        _refuse_forbidden_characters(attributes)
    return attributes


def _is_too_deep(value: bytes) -> bool:
    """Whether brackets outside strings nest too deep. Only asked of the few values with so many brackets."""
    brackets = _STRING.sub(b"", value).translate(None, delete=_NO_BRACKETS)
    depths = accumulate(map(_DEEPER.__getitem__, brackets))
    return next(filter(MAX_DEPTH.__lt__, depths), None) is not None


@dataclass(frozen=True, slots=True)
class _NoNumber:
    """Marks a number in the text that isn't valid JSON, or that nothing downstream can hold."""

    what: str


def _explain(value: bytes, error: Exception) -> NoReturn:
    """Say why the parser refused: another format by its name, what is in a field by the field."""
    if not value.strip():
        raise RejectedError(Reason.NOT_JSON, "value: empty") from None
    told = foreign(value)
    try:
        text = value.decode()
    except UnicodeDecodeError as problem:
        told = told or f"not UTF-8: {problem.reason} at byte {problem.start}"
        raise RejectedError(Reason.NOT_UTF8, f"value: {told}") from None
    try:
        loose = _loosely(text)
    except (ValueError, RecursionError) as problem:
        end = problem.pos if isinstance(problem, json.JSONDecodeError) and problem.msg == "Extra data" else None
        told = told or several(text, end) or f"not JSON: {problem}"
        raise RejectedError(Reason.NOT_JSON, f"value: {told}") from None
    _refuse(loose, _odd)
    raise RejectedError(Reason.NOT_JSON, f"value: not JSON: {error}") from None


def _loosely(text: str) -> Any:
    """JSON as Python reads it, which takes more than JSON has; an integer that is too long for Python is marked."""
    try:
        return json.loads(text, parse_constant=_constant)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, parse_constant=_constant, parse_int=_int)


def _odd(node: Any) -> Problem | None:
    """What Python can read and other parsers cannot."""
    if isinstance(node, str):
        return _forbidden(node)
    if isinstance(node, float):
        return (Reason.NOT_JSON, "a number too large for a double, about 1.8e308") if math.isinf(node) else None
    return (Reason.NOT_JSON, node.what) if isinstance(node, _NoNumber) else None


def _int(text: str) -> object:
    return _NoNumber(f"a number of more than {_MAX_DIGITS} digits") if len(text) > _MAX_DIGITS else 0


def _constant(text: str) -> object:
    return _NoNumber(f"{text}, which is not a JSON number")


def _refuse_forbidden_characters(attributes: dict[str, Any]) -> None:
    """Raise if a string anywhere holds NUL or a lone surrogate (contract, section 1)."""
    _refuse(attributes, _forbidden)


def _forbidden(node: Any) -> Problem | None:
    found = _FORBIDDEN.search(node) if isinstance(node, str) else None
    what = found and ("holds NUL" if found[0] == "\0" else "holds a lone surrogate")
    return (Reason.NOT_CLOUDEVENT, what) if what else None


def _refuse(node: Any, look: Callable[[Any], Problem | None]) -> None:
    """Raise if anything in a parsed value, names included, is refused.

    Arguments:
        node: the value.
        look: says what is wrong with a node or a name; None for nothing.
    """
    if found := _find(node, look):
        (reason, what), steps = found
        path = "".join(reversed(steps)).removeprefix(".")
        if not path or path == _IN_NAME:
            path = f"value{path}"
        raise RejectedError(reason, f"{path[-_MAX_PATH:]}: {what}")


def _find(node: Any, look: Callable[[Any], Problem | None]) -> tuple[Problem, list[str]] | None:
    """What is wrong with the first such node, and the way to it, backwards.

    The way is put together on the way back: names can be long and deep, and a path for every string on the way there
    would cost their product.
    """
    if what := look(node):
        return what, []
    if isinstance(node, dict):
        for key, item in node.items():
            if what := look(key):
                return what, [_IN_NAME]
            if inner := _find(item, look):
                inner[1].append(f".{key}")
                return inner
    elif isinstance(node, list):
        for index, item in enumerate(node):
            if inner := _find(item, look):
                inner[1].append(f"[{index}]")
                return inner
    return None
