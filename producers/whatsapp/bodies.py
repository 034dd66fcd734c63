"""The webhook bodies in a file, however they were collected.

People keep webhooks as a log with one body a line, or as files of one body, often pretty-printed, or as a JSON array.
Which of these it is shows only when the text is parsed, so that is how it is decided here; no file name counts.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OPENING = frozenset(b"[{ \t\r\n")


@dataclass(frozen=True, slots=True)
class Body:
    """One webhook body, parsed and not yet looked at.

    Attributes:
        name: the file it is from.
        number: its line, or its place among the file's bodies; both count from 1.
        value: the JSON value.
    """

    name: str
    number: int
    value: object


@dataclass(frozen=True, slots=True)
class BrokenBody:
    """A body, or a part of one, that no events can be made of.

    Attributes:
        name: the file it is from.
        number: the body's line, or its place among the file's bodies; both count from 1.
        reason: the field and what is wrong with it.
    """

    name: str
    number: int
    reason: str

    def __str__(self) -> str:
        return f"{self.name}:{self.number}: {self.reason}"


def read_bodies(stream: BinaryIO, name: str) -> Iterator[Body | BrokenBody]:
    """Find the bodies of a file: one a line, or whole ones, alone, one after the other, or in an array.

    A file with a body in its first line is read line by line, whatever its size; any other is held in memory.

    Arguments:
        stream: the file, opened for reading bytes.
        name: what to call the file in reports.

    Yields:
        In the file's order each body, or what is wrong with it. Blank lines are passed over. Nothing is raised for
        what the file contains.
    """
    lines = enumerate(stream, start=1)
    first = next(((number, line) for number, line in lines if line.strip(_BYTE_ORDER_MARK + b" \t\r\n")), None)
    if first is None:
        return
    number, line = first[0], first[1].removeprefix(_BYTE_ORDER_MARK)
    if _is_one_object(line):
        yield from _from_lines([(number, line)], name)
        yield from _from_lines(lines, name)
    else:
        yield from _from_whole([(number, line), *lines], name)


def _is_one_object(line: bytes) -> bool:
    try:
        return isinstance(_one(_documents(line)), dict)
    except ValueError:
        return False


def _from_lines(lines: Iterable[tuple[int, bytes]], name: str) -> Iterator[Body | BrokenBody]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            values = _flat([_one(_documents(line))])
        except ValueError as error:
            yield BrokenBody(name, number, str(error))
        else:
            yield from (Body(name, number, value) for value in values)


def _from_whole(lines: list[tuple[int, bytes]], name: str) -> Iterator[Body | BrokenBody]:
    try:
        values = _flat(_documents(b"".join(line for _, line in lines)))
    except ValueError:
        # A bracket alone in the first line is pretty-printing; anything else there is a line of a log gone bad.
        pretty = _OPENING.issuperset(lines[0][1])
        yield from _from_blocks(lines, name) if pretty else _from_lines(lines, name)
    else:
        yield from (Body(name, number, value) for number, value in enumerate(values, start=1))


def _from_blocks(lines: list[tuple[int, bytes]], name: str) -> Iterator[Body | BrokenBody]:
    # Pretty-printers indent all but the outermost brackets, so an opening one at the margin starts the next body:
    # that is how those behind a broken body are found again.
    blocks: list[list[bytes]] = []
    for _, line in lines:
        if not blocks or line[:1] in (b"{", b"["):
            blocks.append([])
        blocks[-1].append(line)
    number = 0
    for block in blocks:
        try:
            values = _flat(_documents(b"".join(block)))
        except ValueError as error:
            number += 1
            yield BrokenBody(name, number, str(error))
            continue
        for value in values:
            number += 1
            yield Body(name, number, value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _documents(raw: bytes) -> list[object]:
    """Every JSON value of a text that holds nothing else. ValueError says where the text isn't JSON."""
    try:
        text = raw.decode().strip(" \t\r\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"the body is not UTF-8: {error.reason} at byte {error.start + 1}") from None
    values: list[object] = []
    end = 0
    try:
        while end < len(text):
            value, end = _DECODER.raw_decode(text, end)
            values.append(value)
            end = _skip_space(text, end)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}" if "\n" in text else f"column {error.colno}"
        raise ValueError(f"the body is not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"the body is not JSON: {error}") from None
    return values


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start] in " \t\r\n":
        start += 1
    return start


def _one(values: list[object]) -> object:
    if len(values) != 1:
        raise ValueError("the line holds more than one JSON value")
    return values[0]


def _flat(values: list[object]) -> list[object]:
    """The values with arrays replaced by what they hold: an array of bodies is bodies."""
    flat: list[object] = []
    for value in values:
        if isinstance(value, list):
            flat += value
        else:
            flat.append(value)
    return flat
