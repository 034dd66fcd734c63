"""Reading webhook bodies without trusting them.

Every look that fails says where: `entry[0].changes[0].value.messages[1].timestamp is missing`. Whoever reads the
report should find the place in the file without knowing this code.
"""

import math
import re
import reprlib
from collections.abc import Iterator

#: Deeper than anything Meta sends, and shallow enough for every JSON reader and writer behind us.
_MAX_DEPTH = 32
_MAX_INTEGER = 2**63 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")


class UnusableError(Exception):
    """A part of a body that no event can be made of. The message names the field and what is wrong with it."""


class Fields:
    """One JSON object of a body, and where in the body it stands."""

    __slots__ = ("_values", "path")

    def __init__(self, value: object, path: str) -> None:
        """Take a JSON value that ought to be an object.

        Raises:
            UnusableError: it isn't one.
        """
        if not isinstance(value, dict):
            raise UnusableError(f"{path or 'the body'} is {_kind(value)}, not an object")
        self._values: dict[str, object] = value
        self.path = path

    def at(self, name: str) -> str:
        """The path of the field `name` in the body."""
        return f"{self.path}.{name}" if self.path else name

    def raw(self, name: str) -> object:
        """The field as it is; None if it is absent or null."""
        return self._values.get(name)

    def names(self) -> Iterator[str]:
        """The names of all fields."""
        return iter(self._values)

    def text(self, name: str) -> str | None:
        """A string; None if it is absent, null or empty (contract, section 1: these mean the same).

        Raises:
            UnusableError: it is no string, or one that no event may hold.
        """
        value = self.raw(name)
        if value is None or value == "":
            return None
        problem = _problem_of_text(value) if isinstance(value, str) else f"is {_kind(value)}, not a string"
        if problem or not isinstance(value, str):
            raise UnusableError(f"{self.at(name)} {problem}")
        return value

    def required(self, name: str) -> str:
        """A string that must be there.

        Raises:
            UnusableError: it is not, or not usable.
        """
        value = self.text(name)
        if value is None:
            raise UnusableError(f"{self.at(name)} is missing")
        return value

    def first(self, *names: str) -> str | None:
        """The first of several strings that is there."""
        return next((value for value in map(self.text, names) if value is not None), None)

    def child(self, name: str) -> "Fields | None":
        """An object; None if it is absent, null or an empty string.

        Raises:
            UnusableError: it is something else.
        """
        value = self.raw(name)
        return None if value is None or value == "" else Fields(value, self.at(name))

    def required_child(self, name: str) -> "Fields":
        """An object that must be there.

        Raises:
            UnusableError: it is not.
        """
        child = self.child(name)
        if child is None:
            raise UnusableError(f"{self.at(name)} is missing")
        return child

    def items(self, name: str) -> list[tuple[object, str]]:
        """The items of an array, each with its place; none where it is absent or null.

        Raises:
            UnusableError: it is no array.
        """
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise UnusableError(f"{self.at(name)} is {_kind(value)}, not an array")
        return [(item, f"{self.at(name)}[{index}]") for index, item in enumerate(value)]

    def kept(self, name: str) -> object:
        """Any JSON value that is nice to have: None if an event could not hold it."""
        value = self.raw(name)
        return value if problem_of(value) is None else None


def problem_of(value: object, depth: int = 0) -> str | None:
    """Why an event could not hold a JSON value (contract, section 1), such as `holds a NUL`; None if it could."""
    if depth > _MAX_DEPTH:
        return "is nested too deeply"
    if isinstance(value, str):
        return _problem_of_text(value)
    if isinstance(value, float):
        return None if math.isfinite(value) else "holds a number that is too large"
    if isinstance(value, int):
        return None if abs(value) <= _MAX_INTEGER else "holds a number that is too large"
    parts: list[object] = []
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    elif isinstance(value, list):
        parts = value
    return next((problem for part in parts if (problem := problem_of(part, depth + 1))), None)


def clipped(value: object) -> str:
    """A value as a report may show it, whatever its size."""
    return reprlib.repr(value)


def _problem_of_text(value: str) -> str | None:
    if "\0" in value:
        return "holds a NUL"
    return "holds a lone surrogate" if _SURROGATE.search(value) else None


def _kind(value: object) -> str:
    kinds = {bool: "a truth value", int: "a number", float: "a number", str: "a string", list: "an array"}
    return "null" if value is None else kinds.get(type(value), "an object")
