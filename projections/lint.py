"""Lint for the .sql files: `python -m projections.lint`.

General SQL linters do not parse ClickHouse's views with column comments or its parameterized views, so the grammar
is left to ClickHouse itself, and what is checked here is the house's style.
"""

import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

import chdb

from projections.statements import Statement, split_comment, statements

MAX_LINE = 130
_WORDS = "select|from|where|group by|order by|left join|create|engine|having|limit|union all|with|and|or|as|in|final"
_KEYWORDS = re.compile(rf"(?<![.{{])\b({_WORDS})\b")
_STRING_OR_COMMENT = re.compile(r"'(?:[^'\\]|\\.|'')*'|--[^\n]*")
_COLUMN = re.compile(r"^    (\w+) +[A-Z]\w*.*(?:\n     +.*)*", re.MULTILINE)


def problems() -> Iterator[str]:
    """All problems, one line each."""
    for folder in ("sql", "queries", "snippets"):
        for file in sorted((files("projections") / folder).iterdir(), key=lambda item: item.name):
            yield from (f"{folder}/{file.name}: {what}" for what in _style(file))
    for statement in statements():
        yield from (f"sql/{statement.file}.sql: {statement.name}: {what}" for what in _definition(statement))


def _style(file: Traversable) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    if not text.startswith("-- "):
        yield "does not open with a comment that says what it is for"
    if not text.endswith("\n"):
        yield "does not end with a line feed"
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_LINE:
            yield f"line {number}: longer than {MAX_LINE} characters"
        if line != line.rstrip() or "\t" in line:
            yield f"line {number}: tabs or spaces at its end"
    for match in _KEYWORDS.finditer(_STRING_OR_COMMENT.sub(lambda found: " " * len(found[0]), text)):
        yield f"line {text.count(chr(10), 0, match.start()) + 1}: keyword {match[0]!r} in lower case"


def _subcolumns() -> re.Pattern[str]:
    """Reads of a tuple's element by a dot. On a table with FINAL they bypass the aggregation and answer wrongly."""
    tuples = {
        name
        for item in statements()
        for name in re.findall(r"(\w+) +SimpleAggregateFunction\(\s*\w+,\s*Tuple", item.sql)
    }
    return re.compile(rf"\b(?:{'|'.join(sorted(tuples))})\.[a-z]\w*")


def _definition(statement: Statement) -> Iterator[str]:
    literal = statement.sql.replace("\\", "\\\\").replace("'", "\\'")
    try:
        chdb.query(  # type: ignore[no-untyped-call]
            f"SELECT formatQuery('{literal}')"
        )
    except Exception as error:
        yield f"ClickHouse cannot parse it: {str(error).splitlines()[0][:300]}"
    for match in _subcolumns().finditer(_STRING_OR_COMMENT.sub("", statement.sql)):
        if statement.kind == "VIEW":
            yield f"{match[0]}: read a tuple's element by tupleElement, see docs/decisions/tuple-element.md"
    if statement.kind == "TABLE":
        for match in _COLUMN.finditer(statement.sql):
            if "COMMENT" not in match[0]:
                yield f"column {match[1]} has no COMMENT"
    if not split_comment(statement.sql)[1]:
        yield f"the {statement.kind.lower()} has no COMMENT"


if __name__ == "__main__":
    found = list(problems())
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    sys.exit(bool(found))
