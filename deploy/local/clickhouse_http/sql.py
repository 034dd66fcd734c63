"""Just enough of ClickHouse's grammar to route a statement: its verb, its FORMAT, and where an INSERT's data begins.

The engine parses every statement itself. This looks only at tokens, so it cannot be wrong about what a statement
means, but it must know before running it whether bytes of the body are SQL or rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from deploy.local.clickhouse_http.errors import ClickHouseError

_TOKEN = re.compile(
    rb"""
      (?P<space> \s++ | --[^\n]* | \#[ !][^\n]* | /\*.*?(?:\*/|\Z) )
    | (?P<quoted> '(?:[^'\\]++|\\.|'')*+(?:'|\Z) | "(?:[^"\\]++|\\.|"")*+(?:"|\Z) | `(?:[^`\\]++|\\.|``)*+(?:`|\Z)
        | \$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z) )
    | (?P<word> [A-Za-z_][A-Za-z0-9_]* )
    | (?P<other> [0-9][0-9A-Za-z_.]* | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_LITERAL_END = re.compile(rb"[ \t\f]*\r?\n?")


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is no white space: its text (words in upper case), bounds, and depth of parentheses."""

    text: bytes
    start: int
    end: int
    depth: int
    is_word: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """What the server must know of a statement before it runs it.

    `text` is the SQL to run; of an INSERT with data it is the part before FORMAT or VALUES, and `data_at` the
    offset of the first byte of the data, else None. `verb` is the first word in upper case, `format` the format
    named in the statement, if any, and `words` all words outside strings, in upper case. `reads_input` is set
    where the statement calls the table function input(). `clause` are the bounds of its FORMAT clause or, without one,
    where that would stand.
    """

    text: bytes
    verb: str
    format: str | None
    data_at: int | None
    words: frozenset[str]
    reads_input: bool = False
    clause: tuple[int, int] = (0, 0)

    @property
    def takes_data(self) -> bool:
        """Whether rows follow the statement."""
        return self.data_at is not None

    def into(self, path: str, output: str) -> bytes:
        """The SQL of this query with its result going into a file."""
        start, end = self.clause
        target = f"\nINTO OUTFILE {quote(path)} TRUNCATE FORMAT {output} "
        return self.text[:start] + target.encode() + self.text[end:]

    @property
    def changes_session(self) -> bool:
        """Whether later requests of the same session must notice that it ran."""
        temporary = self.verb in {"CREATE", "DROP", "ATTACH"} and not self.words.isdisjoint({"TEMPORARY", "TEMP"})
        return self.verb in {"SET", "USE"} or temporary


def quote(value: str) -> str:
    """`value` as a string literal of SQL."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def identifier(name: str) -> str:
    """`name` as a quoted identifier of SQL."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def literal(quoted: bytes) -> str:
    """The value of a string literal that holds no escapes but those of quotes and backslashes."""
    return re.sub(r"\\(.)|'(')", r"\1\2", quoted[1:-1].decode("utf-8", "replace"))


def tokens(sql: bytes) -> Iterator[Token]:
    """The tokens of `sql` one by one, so that a caller may stop before the data of an INSERT."""
    depth = 0
    for match in _TOKEN.finditer(sql):
        if match.lastgroup == "space" or match["space"] is not None:
            continue
        text = match[0]
        if text in (b")", b"]", b"}"):
            depth = max(0, depth - 1)
        word = match["word"] is not None
        yield Token(text.upper() if word else text, match.start(), match.end(), depth, word)
        if text in (b"(", b"[", b"{"):
            depth += 1


def parse(sql: bytes, formats: frozenset[str]) -> Statement:
    """Look at a statement.

    `formats` are the names of the engine's formats in upper case: a column may be called "format". Raises
    `ClickHouseError` for what the HTTP interface refuses: several statements, INTO OUTFILE and FROM INFILE.
    """
    first = next(tokens(sql), None)
    verb = first.text.decode("ascii", "replace") if first is not None and first.is_word else ""
    if verb == "INSERT" and (insert := _insert_with_data(sql)) is not None:
        return insert
    found = list(tokens(sql))
    words = [(index, token) for index, token in enumerate(found) if token.is_word]
    _refuse_files(words)
    _refuse_several(found)
    named = None
    clause = next(((token.start, len(sql)) for token in found if token.text == b";" and token.depth == 0), None)
    for index, token in words:
        if token.text == b"FORMAT" and token.depth == 0 and (name := _format_clause(found, index, formats)):
            named, clause = sql[name.start : name.end].decode(), (token.start, name.end)
    called = any(token.text == b"INPUT" and after.text == b"(" for token, after in pairwise(found))
    seen = frozenset(token.text.decode() for _, token in words)
    return Statement(sql, verb, named, None, seen, called, clause or (len(sql), len(sql)))


def _insert_with_data(sql: bytes) -> Statement | None:
    """The INSERT with rows behind it that `sql` is, or None where it takes its rows from a SELECT."""
    seen: list[Token] = []
    walk = tokens(sql)
    for token in walk:
        after_name = seen and seen[-1].text in (b".", b"INTO", b"TABLE", b"FUNCTION")
        if token.is_word and token.depth == 0 and not after_name:
            if token.text in (b"SELECT", b"WITH", b"FROM"):
                return None
            if token.text == b"VALUES":
                return _insert(sql[: token.start], "Values", token.end, seen)
            if token.text == b"FORMAT" and (name := next(walk, None)) is not None and name.is_word:
                text, data_at = _settings_after_format(sql, sql[: token.start], name.end)
                return _insert(text, sql[name.start : name.end].decode(), data_at, seen)
        seen.append(token)
    return None


def _insert(text: bytes, named: str, data_at: int, seen: list[Token]) -> Statement:
    words = frozenset(token.text.decode() for token in seen if token.is_word)
    # The engine puts a FORMAT of its own behind it, which must not end up in a comment.
    return Statement(text.rstrip() + b"\n", "INSERT", named, data_at, words)


def _settings_after_format(sql: bytes, text: bytes, end: int) -> tuple[bytes, int]:
    """Move a SETTINGS clause from behind FORMAT to before it; returns the SQL and the offset of the data."""
    walk = tokens(sql[end:])
    first = next(walk, None)
    if first is not None and first.text == b"SETTINGS":
        stop = first.end
        while (name := next(walk, None)) and name.is_word and (equals := next(walk, None)) and equals.text == b"=":
            value = next(walk, None)
            stop = value.end if value is not None else stop
            comma = next(walk, None)
            if comma is None or comma.text != b",":
                break
        text, end = text + b" " + sql[end + first.start : end + stop], end + stop
    gap = _LITERAL_END.match(sql, end)
    return text, gap.end() if gap is not None else end


def _format_clause(found: list[Token], index: int, formats: frozenset[str]) -> Token | None:
    """The name behind the word FORMAT at `index`, if that is a clause and no column."""
    if index + 1 >= len(found) or found[index + 1].text.decode("latin-1") not in formats:
        return None
    after = found[index + 2].text if index + 2 < len(found) else b";"
    return found[index + 1] if after in (b";", b"SETTINGS", b")") else None


def _refuse_files(words: list[tuple[int, Token]]) -> None:
    for (_, before), (_, word) in pairwise(words):
        if before.text == b"INTO" and word.text == b"OUTFILE" and word.depth == 0:
            raise ClickHouseError(358, "INTO OUTFILE is not allowed")
        if before.text == b"FROM" and word.text == b"INFILE" and word.depth == 0:
            raise ClickHouseError(78, "Query has infile and was send directly to server")


def _refuse_several(found: list[Token]) -> None:
    for index, token in enumerate(found):
        if token.text == b";" and token.depth == 0 and any(later.text != b";" for later in found[index:]):
            at = found[index + 1].start
            raise ClickHouseError(62, f"Syntax error (Multi-statements are not allowed): failed at position {at}")
