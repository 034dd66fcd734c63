"""Which files of this machine a statement may name: those below the folder of the user's files, as on a server.

The engine is a library to the process that has it open, so it lets a statement read and write whatever that process
may. A dashboard or an assistant that sends SQL must not get at more than the tables. So every place where SQL can name
a file is inspected before the statement runs, and refused if inspection cannot decide.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.sql import Token, literal, tokens

# Functions and engines of ClickHouse that take a path, and which of their arguments it is.
_FUNCTIONS = {
    **dict.fromkeys(("FILE", "FILESYSTEM", "SQLITE", "ICEBERGLOCAL", "DELTALAKELOCAL", "PAIMONLOCAL", "URL"), 0),
    **dict.fromkeys(("FILECLUSTER", "URLCLUSTER", "ICEBERGLOCALCLUSTER", "DELTALAKELOCALCLUSTER"), 1),
}
_ENGINES = _FUNCTIONS | {"FILE": 1, "FILELOG": 0, "EMBEDDEDROCKSDB": 1}
_ADDRESSES = frozenset({"URL", "URLCLUSTER"})
# They reach into this process, or run SQL from a text that is not checked here.
_REFUSED = frozenset({"PYTHON", "EVAL", "DISK"})
_TABLE_FOLLOWS = frozenset({b"FROM", b"JOIN", b"TABLE", b"INTO", b"DESCRIBE", b"DESC", b"."})
_CLAUSES = frozenset(
    b"SELECT FROM JOIN ON USING WHERE PREWHERE GROUP ORDER HAVING LIMIT SETTINGS WINDOW QUALIFY UNION".split()
)
_SUSPICIOUS = re.compile(rb"[/\\]|file|sqlite|local|url|rocksdb|python|eval|disk|identifier", re.IGNORECASE)
_GLOB = re.compile(r"[*?{\[]")


def check(sql: bytes, parameters: Mapping[str, str], folder: Path) -> None:
    """Raise `ClickHouseError` for a statement that names a file outside `folder`, or may do so."""
    if _SUSPICIOUS.search(sql) is None:
        return
    found = list(tokens(sql))
    for index, token in enumerate(found):
        if index + 1 < len(found) and found[index + 1].text == b"(":
            _check_call(sql, found, index, folder)
        if token.text == b"IDENTIFIER" and index >= 2:
            name = found[index - 2].text.decode("utf-8", "replace").lower()
            for value in (value for key, value in parameters.items() if key.lower() == name):
                _check_table(value, folder)
    _check_tables(sql, found, folder)


def _check_call(sql: bytes, found: Sequence[Token], index: int, folder: Path) -> None:
    name = _name(sql, found[index])
    before = [token.text for token in found[max(0, index - 2) : index]]
    places = _ENGINES if b"ENGINE" in before else _FUNCTIONS
    if name in _REFUSED and (b"=" in before or b"FROM" in before or b"JOIN" in before or name != "EVAL"):
        raise ClickHouseError(497, f"{name.lower()}() is not allowed here")
    if name not in places:
        return
    arguments = _arguments(found, index + 1)
    if places[name] >= len(arguments) or not arguments[places[name]]:
        return
    path = _literal(sql, arguments[places[name]], name)
    if name not in _ADDRESSES:
        _check_path(path, folder)
    elif path.strip().lower().startswith("file:"):
        _check_path(re.sub(r"^\s*file:(//)?", "", path, flags=re.IGNORECASE), folder)


def _arguments(found: Sequence[Token], opening: int) -> list[list[Token]]:
    """The arguments of a call, each as its tokens."""
    depth, arguments = found[opening].depth, [[]]  # type: tuple[int, list[list[Token]]]
    for token in found[opening + 1 :]:
        if token.depth == depth and token.text == b")":
            break
        if token.depth == depth + 1 and token.text == b",":
            arguments.append([])
        else:
            arguments[-1].append(token)
    return arguments


def _literal(sql: bytes, argument: Sequence[Token], name: str) -> str:
    token = argument[0]
    if len(argument) != 1 or not token.text.startswith(b"'") or b"\\" in token.text:
        raise ClickHouseError(497, f"The path or address in {name.lower()}() must be one plain string here")
    return literal(sql[token.start : token.end])


def _name(sql: bytes, token: Token) -> str:
    if token.text[:1] in (b"`", b'"'):
        return literal(sql[token.start : token.end]).upper()
    return token.text.decode("utf-8", "replace")


def _check_tables(sql: bytes, found: Sequence[Token], folder: Path) -> None:
    """Look at tables in quotes: in database `default`, one that is not there is a file of that name."""
    clause: dict[int, bytes] = {}
    for before, token in pairwise(found):
        if before.text == b"(":
            # Another list begins: what was read at this depth before belongs to another pair of brackets.
            clause.pop(before.depth + 1, None)
        if before.is_word and before.text in _CLAUSES:
            clause[before.depth] = before.text
        listed = before.text == b"," and clause.get(before.depth) in (b"FROM", b"JOIN")
        if token.text[:1] in (b"'", b'"', b"`") and (before.text in _TABLE_FOLLOWS or listed):
            if b"\\x" in token.text:
                raise ClickHouseError(497, "A table's name may hold no \\x here")
            _check_table(literal(sql[token.start : token.end]), folder)


def _check_table(name: str, folder: Path) -> None:
    # What is no file is a table, or a text: trim(BOTH '/' FROM '/a/').
    if "/" in name and (_GLOB.search(name) or os.path.exists(folder / name)):  # noqa: PTH110 - it raises for no name
        _check_path(name, folder)


def _check_path(path: str, folder: Path) -> None:
    plain = _GLOB.split(path, maxsplit=1)[0]
    if ".." in path or "\0" in path or not (folder / plain).resolve().is_relative_to(folder):
        raise ClickHouseError(291, f"File `{path}` is not inside `{folder}`")
