"""The work that a value makes is bounded by its size: nobody can hold a worker up with a record.

What is counted is the same on every machine: lines of Python that run, and bytes that are held at once. No clock is
asked. The values are the worst that were found for each part of the decoder; in C (the parser, the expressions) each of
them passes once, which is seen to by the last test.
"""

import json
import re
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

import producers.whatsapp.fields
import producers.whatsapp.messages
import producers.whatsapp.phone
import schemas.envelope
import schemas.instant
import schemas.validation
from processors.stream.row import lines_of
from schemas.examples import EXAMPLES
from schemas.rejection import RejectedError
from schemas.syntax import MAX_DEPTH
from schemas.validation import validate

#: Arrays in arrays cost most: a list of one is 88 bytes to Python, and two to JSON. A path for every string, which is
#: what the walk must not make, costs 60 and more.
LINES_PER_BYTE = 4
BYTES_PER_BYTE = 50
#: What a value costs however small it is: the models, which name all that is wrong, and their first use.
LINES_AT_LEAST = 5_000
BYTES_AT_LEAST = 400_000

SIZE = 120_000


def _with(**attributes: Any) -> bytes:
    return json.dumps(EXAMPLES["message.incoming"] | attributes).encode()


def _with_data(extra: Any) -> bytes:
    return _with(data=EXAMPLES["message.incoming"]["data"] | {"extra": extra})


def _long_names_above_many(size: int) -> Any:
    """Names as long and as deep as they come, above many short ones."""
    node: Any = {f"{number:x}": "" for number in range(size // 100)} | {"last": "\\u0000"}
    for _ in range(MAX_DEPTH - 5):
        node = {"n" * (size * 4 // 5 // MAX_DEPTH): node}
    return node


VALUES: dict[str, Callable[[int], bytes]] = {
    "long names above many": lambda size: _with_data(_long_names_above_many(size)),
    "the same, and a NUL": lambda size: _with_data(_long_names_above_many(size)).replace(b"\\\\u", b"\\u"),
    "arrays side by side": lambda size: _with_data([[]] * (size // 4)),
    "arrays in each other": lambda size: b"[" * size,
    "as deep as may be, often": lambda size: _with_data([0]).replace(
        b"[0]", b"[" + b",".join([b"[" * 190 + b"]" * 190] * (size // 381)) + b"]"
    ),
    "brackets in a string": lambda size: b'{"a":"' + b"[" * size + b'"}',
    "a string without an end": lambda size: b'["' + b'\\"[' * (size // 3),
    "backslashes": lambda size: b'{"a":"' + b"\\\\" * (size // 2) + b'"}',
    "one name again and again": lambda size: b"{" + b'"a":1,' * (size // 6) + b'"a":1}',
    "many names": lambda size: _with_data({f"{number:x}": number for number in range(size // 12)}),
    "a surrogate behind many strings": lambda size: b'{"b":[' + b'"a",' * (size // 4) + b'"\\ud800"]}',
    "a long number": lambda size: b'{"a":' + b"9" * size + b"}",
    "a long fraction": lambda size: _with(time="2025-01-01T00:00:00." + "0" * size + "!"),
    "a long sequence": lambda size: _with(sequence="0" * size + "x"),
    "a media type with a tail": lambda size: _with(datacontenttype="application/json" + " " * size + "!"),
    "blanks": lambda size: b" " * size,
    "a byte that is no UTF-8 at the end": lambda size: b'{"a":"' + b"a" * size + b'\xff"}',
}


def _decode(value: bytes) -> None:
    """What a worker does with a value."""
    try:
        event = validate(value, topic="messages")
    except RejectedError:
        return
    lines_of([event])


def _lines(value: bytes) -> int:
    count = 0

    def trace(_: FrameType, what: str, __: Any) -> Any:
        nonlocal count
        count += what == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        _decode(value)
    finally:
        sys.settrace(before)
    return count


def _peak(value: bytes) -> int:
    tracemalloc.start()
    try:
        _decode(value)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", VALUES)
def test_the_work_is_bounded_by_the_size(name: str) -> None:
    value = VALUES[name](SIZE)
    assert SIZE // 3 < len(value) < 2 * SIZE
    assert _lines(value) < LINES_PER_BYTE * len(value) + LINES_AT_LEAST
    assert _peak(value) < BYTES_PER_BYTE * len(value) + BYTES_AT_LEAST


PATTERNS = {
    f"{module.__name__}.{name}": pattern
    for module in (
        schemas.envelope,
        schemas.instant,
        schemas.validation,
        producers.whatsapp.fields,
        producers.whatsapp.messages,
        producers.whatsapp.phone,
    )
    for name, pattern in vars(module).items()
    if isinstance(pattern, re.Pattern)
}


@pytest.mark.parametrize("name", PATTERNS)
def test_no_expression_repeats_a_repetition_that_it_could_try_again(name: str) -> None:
    """`(a+)+` takes for ever on a long text that does not match; possessive ones, `(a++)*+`, never try again."""
    pattern = PATTERNS[name].pattern
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    assert not _nested(re._parser.parse(text))  # type: ignore[attr-defined] # there is no other way to ask


def _nested(parsed: Any, inside: bool = False) -> bool:
    for operation, argument in parsed:
        kind = str(operation)
        repeats = kind in ("MAX_REPEAT", "MIN_REPEAT") and argument[1] > 1_000
        if repeats and inside:
            return True
        for part in _parts(argument):
            if _nested(part, inside or repeats):
                return True
    return False


def _parts(argument: Any) -> list[Any]:
    """The expressions within an operation's argument, however deep in its tuples."""
    if isinstance(argument, re._parser.SubPattern):  # type: ignore[attr-defined] # as above
        return [argument]
    if isinstance(argument, tuple | list):
        return [part for item in argument for part in _parts(item)]
    return []
