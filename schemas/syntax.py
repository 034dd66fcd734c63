"""Syntax: bytes become a JSON object that Jejak can hold, or a rejection that says why not (contract, section 1).

JSON allows more than the databases and languages behind it can take: NUL, lone surrogates, any size, any depth. What
cannot be stored is refused here, by name, before anybody asks what it means.
"""

import json
import re
from itertools import accumulate
from typing import Any, NoReturn

import msgspec

from schemas.rejection import Reason, RejectedError

MAX_VALUE_BYTES = 1_048_576
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
    """Whether a string in it may hold NUL, which only an escape can bring; `parse` tells for certain."""
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
        raise RejectedError(Reason.NOT_CLOUDEVENT, "value: not a JSON object")
    if may_hold_nul(value):
        _refuse_forbidden_characters(attributes)
    return attributes


def _is_too_deep(value: bytes) -> bool:
    """Whether brackets outside strings nest too deep. Only asked of the few values with so many brackets."""
    brackets = _STRING.sub(b"", value).translate(None, delete=_NO_BRACKETS)
    depths = accumulate(map(_DEEPER.__getitem__, brackets))
    return next(filter(MAX_DEPTH.__lt__, depths), None) is not None


def _explain(value: bytes, error: Exception) -> NoReturn:
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
