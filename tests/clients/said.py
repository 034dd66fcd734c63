"""What a client's program said, held against what ClickHouse answers to plain HTTP; and the table of it all."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_TIMEOUT = 300.0
_WRAPPED = re.compile(r"(?:LowCardinality|Nullable)\((.*)\)", re.DOTALL)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


@dataclass
class Row:
    """A line of the table: a client, its version, the calls that were held against what is right, and the result."""

    client: str
    version: str
    calls: list[str] = field(default_factory=list)
    result: str = "failed"


#: In the order in which the tests ran.
TABLE: list[Row] = []


class Said:
    """The answers of one program, by its calls."""

    def __init__(self, client: str, command: Sequence[str | Path], **options: Any) -> None:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, timeout=_TIMEOUT, check=False, **options
        )
        assert done.returncode == 0, f"{client} ended with {done.returncode}: {done.stderr[-3000:]}"
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        self._lines: Mapping[str, dict[str, Any]] = {line["call"]: line for line in lines}
        self.row = Row(client, self.answer("driver"))
        self.row.calls.clear()
        TABLE.append(self.row)

    def answer(self, call: str) -> Any:
        """What it answered. Fails for a call that failed, or was not made."""
        assert call in self._lines, f"{call} was never made; {list(self._lines)}"
        line = self._lines[call]
        assert "error" not in line, f"{call}: {line['error']}"
        if hasattr(self, "row") and (word := call.partition(" ")[0]) not in self.row.calls:
            self.row.calls.append(word)
        return line["answer"]

    def error(self, call: str) -> tuple[int | None, str]:
        """The code and the text of the error it met."""
        line = self._lines[call]
        assert "error" in line, f"{call} answered {line['answer']}"
        self.row.calls.append(call)
        return line.get("code"), line["error"]

    def passed(self) -> None:
        """Write into the table that all of it was right."""
        self.row.result = "right"


def value(of_type: str, given: Any) -> Any:
    """A value in one form, whatever a client makes of it."""
    while wrapped := _WRAPPED.fullmatch(of_type):
        of_type = wrapped[1]
    if given is None:
        return None
    if of_type.startswith("Array("):
        return [value(of_type[6:-1], inner) for inner in given]
    if of_type.startswith(("UInt", "Int")):
        return int(given)
    if of_type.startswith("DateTime"):
        assert _INSTANT.match(str(given)), given
        instant = datetime.fromisoformat(str(given))
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    assert isinstance(given, str), (of_type, given)
    return given


def rows(types: Sequence[str], given: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows in one form; `types` are `name type`, by column."""
    kinds = [text.partition(" ")[2] for text in types]
    return [[value(kind, cell) for kind, cell in zip(kinds, row, strict=True)] for row in given]
